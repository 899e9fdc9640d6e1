"""One side of the matrix: a plugin in a Pulumi home of its own, running rows in namespaces of its own."""

__all__ = ["OFFICIAL", "OURS", "Side", "find_official", "our_launcher"]

import contextlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi import automation as auto

from lab.deploy.stack_file import PROJECT_ROOT
from tests.parity.case import Case, Context, Step
from tests.parity.control_plane import ControlPlane
from tests.parity.observation import Observation, observe
from tests.parity.sdk import k8s
from versions import PULUMI_KUBERNETES

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi.automation.events import EngineEvent

OFFICIAL = "official"
OURS = "ours"

_PLUGIN = "pulumi-resource-kubernetes"
_VARIABLE = "SPT_FLOW_OFFICIAL_KUBERNETES"
_ELF = b"\x7fELF"


def find_official() -> Path | None:
    """Return the official plugin: what the environment names, else the one on PATH if it is a program of its own."""
    named = os.environ.get(_VARIABLE) or shutil.which(_PLUGIN)
    if not named or not Path(named).is_file():
        return None
    with Path(named).open("rb") as file:
        return Path(named).resolve() if file.read(len(_ELF)) == _ELF else None


def our_launcher(folder: Path) -> Path:
    """Write an executable that starts this project's edition."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / _PLUGIN
    path.write_text(
        f'#!/bin/sh\nPYTHONPATH="{PROJECT_ROOT}" exec "{sys.executable}" -m lab.plugins.kubernetes "$@"\n',
        encoding="utf-8",
    )
    path.chmod(0o755)
    return path


class Side:
    """Runs rows with one plugin against one cluster; everything it writes is below `folder`."""

    def __init__(self, name: str, plugin: Path, cluster: ControlPlane, folder: Path) -> None:
        self.name = name
        self.cluster = cluster
        self.folder = folder
        home = folder / "home" / "plugins" / f"resource-kubernetes-v{PULUMI_KUBERNETES}"
        home.mkdir(parents=True)
        (home / _PLUGIN).symlink_to(plugin)
        (folder / "backend").mkdir(parents=True)
        (folder / "work").mkdir()
        (folder / "tmp").mkdir()
        self._environment = {
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
            "PULUMI_CONFIG_PASSPHRASE": "parity",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            # The official plugin leaves kubeconfigs behind.
            "TMPDIR": str(folder / "tmp"),
            # Charts and repositories of whoever runs the tests are not part of the comparison.
            "HELM_CONFIG_HOME": str(folder / "helm"),
            "XDG_CACHE_HOME": str(folder / "cache"),
        }

    def run(self, case: Case) -> dict[str, Observation]:
        """Run all steps of a row on a new stack and return what each showed; afterwards everything is removed."""
        namespace = f"{case.name}-{self.name}"
        context = Context(namespace, self.cluster, self.folder / "files" / case.name)
        context.files.mkdir(parents=True)
        if case.namespaced:
            self.cluster.kubectl("create", "namespace", namespace)
        stack = self._stack(case)
        try:
            return {step.name: self._step(stack, case, step, context) for step in case.steps}
        finally:
            stack.workspace.program = lambda: None
            self._clean(stack, namespace)

    def _stack(self, case: Case) -> auto.Stack:
        return auto.create_or_select_stack(
            stack_name=case.name,
            project_name="parity",
            program=lambda: None,
            opts=auto.LocalWorkspaceOptions(work_dir=str(self.folder / "work"), env_vars=self._environment),
        )

    def _step(self, stack: auto.Stack, case: Case, step: Step, context: Context) -> Observation:
        if step.before is not None:
            step.before(context)
        events: list[EngineEvent] = []

        def program() -> None:
            provider = k8s.Provider(
                "kubernetes",
                kubeconfig=self.cluster.kubeconfig.read_text(encoding="utf-8"),
                context="parity",
                **{"namespace": context.namespace, **case.provider},
            )
            step.program(context, pulumi.ResourceOptions(provider=provider))

        stack.workspace.program = program
        actions: dict[str, Callable[..., Any]] = {
            "preview": stack.preview,
            "up": stack.up,
            "refresh": stack.refresh,
            "destroy": stack.destroy,
        }
        succeeded, text = True, ""
        try:
            actions[step.action](on_event=events.append, color="never")
        except auto.CommandError as error:
            succeeded, text = False, str(error)
        if succeeded == step.fails and self.name == OFFICIAL:
            # What the official plugin does is what a row says it does; ours is compared with that.
            wanted = "fail" if step.fails else "succeed"
            told = text or json.dumps([event.diagnostic_event.message for event in events if event.diagnostic_event])
            raise AssertionError(f"{case.name} / {step.name} on {self.name} had to {wanted}:\n{told[-4000:]}")
        return observe(
            events,
            stack.export_stack().deployment or {},
            context.namespace,
            succeeded=succeeded,
            preview=step.action == "preview",
        )

    def _clean(self, stack: auto.Stack, namespace: str) -> None:
        # What the row is about may stand in the way; the namespace goes below, the state with the folder.
        with contextlib.suppress(auto.CommandError):
            stack.destroy(color="never")
        self.cluster.kubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false")
