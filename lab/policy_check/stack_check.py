"""One stack: the real engine previews its program, the pack judges what it would make, and what its charts render."""

__all__ = ["check_stack", "import_everything"]

import datetime as dt
import importlib
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from core.errors import SptFlowError
from lab.deploy.engine import Engine, EngineFiles
from lab.deploy.import_ahead import import_ahead
from lab.deploy.launchers import write_launchers
from lab.deploy.run_failure import PolicyViolationError
from lab.deploy.stack_file import StackFile
from lab.plugins.command.provider import CommandProvider
from lab.plugins.docker.provider import DockerProvider
from lab.plugins.kubernetes.provider import KubernetesProvider
from lab.plugins.onepassword.provider import OnePasswordProvider
from lab.plugins.random.provider import RandomProvider
from lab.policy_check.check import Check
from lab.policy_check.pack_server import serve_pack
from lab.policy_check.plugin_server import serve_plugins
from lab.policy_check.recorder import Recorder
from lab.policy_check.release_charts import ReleaseCharts
from lab.policy_check.rendered_release import RELEASE_TYPE, RenderedRelease, render_release
from lab.policy_check.stand_in_items import StandInVaults
from lab.policy_check.throw_away import ThrowAway, make_throw_away
from policies.config_file import CONFIG_FOLDER, PackConfig, read_config
from policies.pack import CHANGE_RULES, RULES
from policies.report import Report, ReportBuilder
from policies.rule import ResourceRule, StackRule

_PACK: Final = CONFIG_FOLDER.parent
# What the plugins import when they first need it.
_LATE: Final = ("lab.plugins.kubernetes.helm_release", "lab.plugins.kubernetes.kubeconfig")


def import_everything(program: Path) -> None:
    """Import what each check needs, so that processes forked from this one need not."""
    import_ahead(program)
    for name in _LATE:
        importlib.import_module(name)


def check_stack(stack: StackFile, tools: Path, folder: Path, today: dt.date) -> Check:
    """Check one stack with the programs of `tools`; everything that is written goes below `folder`."""
    started = time.monotonic()
    config = read_config(stack.policy_config)
    made = make_throw_away(stack, folder)
    charts = ReleaseCharts()
    recorder = Recorder()
    _preview(made, tools, recorder, charts)
    releases = [each for each in recorder.inputs.values() if each.type == RELEASE_TYPE]
    rendered = [render_release(each, charts, folder) for each in releases]
    return Check(
        title=f"stack {stack.name}",
        stack=stack.name,
        source=stack.path.name,
        report=_report(recorder, rendered, config, today),
        notes=tuple(dict.fromkeys(note for each in rendered for note in each.notes)),
        fails_undecided=made.settings.policy.policy_undecidable == "fail",
        seconds=time.monotonic() - started,
    )


def _preview(made: ThrowAway, tools: Path, recorder: Recorder, charts: ReleaseCharts) -> None:
    """Run the program under the engine and the pack; what the rules say is with the recorder."""
    write_launchers(made.launchers, engine=tools / "pulumi", python=Path(os.devnull))
    items = StandInVaults(made.settings.secret_source)
    providers = [
        KubernetesProvider(charts),
        CommandProvider(),
        DockerProvider(),
        OnePasswordProvider(lambda _url, _token: items),
        RandomProvider(),
    ]
    with serve_pack(recorder.policies(RULES), made.launchers), serve_plugins(providers) as attach:
        files = EngineFiles(
            work=made.work,
            home=made.home,
            launchers=made.launchers,
            backend=f"file://{made.state}",
            search_path=(tools,),
            program=made.stack.path.parent / "__main__.py",
            stack_exists=True,
            passphrase=made.passphrase,
            policy_pack=_PACK,
            policy_config=made.stack.policy_config,
            environment=attach,
        )
        try:
            Engine(made.stack.name, files).preview()
            stopped = False
        except PolicyViolationError:
            stopped = True
    broken = any(verdict.violations for _, _, verdict in recorder.verdicts)
    if stopped and not broken:
        raise SptFlowError(f"The engine says that stack '{made.stack.name}' breaks policies, and no rule said so.")


def _report(recorder: Recorder, rendered: Sequence[RenderedRelease], config: PackConfig, today: dt.date) -> Report:
    extra = [resource for release in rendered for resource in release.resources]
    builder = ReportBuilder(config, (*RULES, *CHANGE_RULES), today, resources=len(recorder.inputs) + len(extra))
    for rule, resource, verdict in recorder.verdicts:
        if resource is not None:
            builder.add(rule, verdict, resource)
    everything = [*recorder.outputs, *extra]
    for rule in RULES:
        applied = config.of(rule.words.name)
        if not applied.is_enabled:
            continue
        if isinstance(rule, ResourceRule):
            for resource in extra:
                builder.add(rule, rule.judge(resource, applied.properties, today), resource)
            for release in rendered:
                if release.gap:
                    builder.add_open(rule, release.title, release.gap)
        elif isinstance(rule, StackRule):
            # Once more, now with what the charts render.
            builder.add(rule, rule.judge(everything, applied.properties, today))
    return builder.report()
