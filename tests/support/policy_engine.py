"""Programs of declared resources under the real engine and the real pack, without a cluster."""

__all__ = ["Outcome", "PolicyEngine", "policy_engine"]

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pulumi
from pulumi import automation as auto

import versions
from lab.deploy.launchers import write_launchers
from lab.deploy.quiet_sdk import without_debug_lines
from lab.plugins.command.provider import CommandProvider
from lab.plugins.kubernetes.charts import Chart, ChartReference, ChartStore
from lab.plugins.kubernetes.provider import KubernetesProvider
from lab.plugins.random.provider import RandomProvider
from lab.policy_check.plugin_server import serve_plugins
from tests.support.analyzer import UNKNOWN, Finding
from tests.support.policy_case import CaseResource, resolved
from tests.support.pulumi_engine import PulumiEngine

_ROOT: Final = Path(__file__).resolve().parents[2]
_PACK: Final = _ROOT / "policies"
_PROVIDER: Final = "kubernetes"
# Port 1 refuses every connection: nothing is there, and nothing is waited for.
_NOWHERE: Final = json.dumps(
    {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "none", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "none", "user": {}}],
        "contexts": [{"name": "none", "context": {"cluster": "none", "user": "none"}}],
        "current-context": "none",
    }
)
_RESIDENT: Final = """#!/bin/sh
# The pack is running already: it is named to the engine, which ends this process when it is done.
echo {port}
exec sleep 600
"""
_PACKAGES_OF_RESOURCES: Final = ("kubernetes", "random", "command")


@dataclass(frozen=True)
class Outcome:
    """What a preview came to: whether it passed, the policies' findings, and errors of anything else."""

    passed: bool
    findings: list[Finding] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PolicyEngine:
    """The engine with the pack."""

    engine: PulumiEngine

    def preview(self, stack: str, resources: Sequence[CaseResource]) -> Outcome:
        """Preview a program of these resources with the pack in a stack's configuration."""
        self.engine.events.clear()
        config = _PACK / "config" / f"{stack}.json"
        try:
            with without_debug_lines():
                self.engine.preview(
                    lambda: _register(resources),
                    policy_packs=[str(_PACK)],
                    policy_pack_configs=[str(config)],
                    color="never",
                )
        except auto.CommandError:
            passed = False
        else:
            passed = True
        return Outcome(passed, list(self._findings()), list(self._errors()))

    def _findings(self) -> Iterator[Finding]:
        for event in self.engine.events:
            if (found := event.policy_event) is not None:
                yield Finding(found.policy_name, found.enforcement_level.upper(), found.message)

    def _errors(self) -> Iterator[str]:
        for event in self.engine.events:
            said = event.diagnostic_event
            if said is not None and said.severity == "error" and "preview failed" not in said.message:
                yield said.message.strip()


class _NamedCharts(ChartStore):
    """Takes what a release says of its chart as it is: no repository is asked."""

    def resolve(self, reference: ChartReference, *, update_dependencies: bool = False) -> Chart:
        """Return a chart that was not looked at."""
        del update_dependencies
        return Chart(Path(reference.chart), reference.chart, reference.version, reference.version)


@contextlib.contextmanager
def policy_engine(cli: Path, folder: Path, *, resident: bool = True) -> Iterator[PolicyEngine]:
    """Yield an engine whose plugins are served from this process, as the pack is from one of its own if `resident`."""
    launchers = write_launchers(folder / "launchers", engine=cli, python=Path(sys.executable))
    with contextlib.ExitStack() as running:
        if resident:
            pack = [str(launchers / "pulumi-analyzer-policy-python"), "127.0.0.1:1", str(_PACK)]
            port = running.enter_context(_served(pack))
            launchers = folder / "resident"
            launchers.mkdir()
            relay = launchers / "pulumi-analyzer-policy-python"
            relay.write_text(_RESIDENT.format(port=port), encoding="utf-8")
            relay.chmod(0o755)
        plugins = [KubernetesProvider(_NamedCharts()), CommandProvider(), RandomProvider()]
        environment = {
            **running.enter_context(serve_plugins(plugins)),
            "PATH": os.pathsep.join([str(launchers), os.environ.get("PATH", os.defpath)]),
            # The engine finds the pack's launcher on PATH only then.
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "false",
            # A sixth of the processor time: these engines live for a moment, each beside another test's.
            "GOGC": "off",
            "GOMAXPROCS": "1",
        }
        yield PolicyEngine(PulumiEngine(cli, folder / "engine", environment=environment))


@contextlib.contextmanager
def _served(command: Sequence[str]) -> Iterator[int]:
    """Run a gRPC server that says its port in its first line, and stop it after the block."""
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    with subprocess.Popen(command, cwd=_ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()


def _register(resources: Sequence[CaseResource]) -> None:
    """Be the program: one provider, and each resource with its properties as they are."""
    provider = pulumi.ProviderResource(
        _PROVIDER,
        "cluster",
        {"kubeconfig": pulumi.Output.secret(_NOWHERE), "context": "none"},
        pulumi.ResourceOptions(version=versions.PULUMI_KUBERNETES),
    )
    made: dict[str, pulumi.Resource] = {}
    for each in resources:
        options = pulumi.ResourceOptions(protect=each.protect, parent=made.get(each.parent))
        props = resolved(each.props, UNKNOWN, pulumi.Output.secret)
        package = each.type.partition(":")[0]
        if package not in _PACKAGES_OF_RESOURCES:
            made[each.name] = pulumi.ComponentResource(each.type, each.name, props, options)
            continue
        if package == _PROVIDER:
            options.provider = provider
        made[each.name] = pulumi.CustomResource(each.type, each.name, props, options)
