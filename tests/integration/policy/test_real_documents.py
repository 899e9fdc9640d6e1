"""Files as the real CLI writes them: previews and exported states, with unknown values and secrets."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s
import pulumi_random as random
import pytest

from lab.deploy.stack_file import load_stack_file
from lab.policy_check.check import Check
from lab.policy_check.file_check import check_files
from tests.support.cli_preview import cli_preview
from tests.support.pulumi_engine import PulumiEngine, find_pulumi

_CANARY: Final = "canary-7720ee"
_KUBECONFIG: Final = json.dumps(
    {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "nowhere", "cluster": {"server": "https://127.0.0.1:9"}}],
        "users": [{"name": "nowhere", "user": {}}],
        "contexts": [{"name": "nowhere", "context": {"cluster": "nowhere", "user": "nowhere"}}],
        "current-context": "nowhere",
    }
)


@pytest.fixture
def engine(tmp_path: Path) -> PulumiEngine:
    cli = find_pulumi()
    if cli is None:
        pytest.skip("needs the pulumi CLI: make toolchain")
    return PulumiEngine(cli, tmp_path / "engine")


def _check(document: dict[str, Any], folder: Path) -> Check:
    path = folder / "document.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return check_files([str(path)], load_stack_file("dev"), dt.date(2026, 11, 21))


def _pod(image: Any, privileged: bool) -> None:  # noqa: ANN401, FBT001 - an image, known or not; a column
    provider = k8s.Provider("cluster", kubeconfig=pulumi.Output.secret(_KUBECONFIG))
    container: Any = {"name": "main", "image": image, "securityContext": {"privileged": privileged}}
    annotations: Any = {"token": pulumi.Output.secret(_CANARY)}
    metadata: Any = {"name": "pod", "namespace": "coder", "annotations": annotations}
    spec: Any = {"containers": [container]}
    k8s.core.v1.Pod(
        "pod",
        metadata=metadata,
        spec=spec,
        opts=pulumi.ResourceOptions(provider=provider),
    )


def _broken(check: Check, rule: str) -> list[str]:
    return [violation.resource for violation in check.report.violations if violation.rule == rule]


def _program(*, privileged: bool) -> Callable[[], None]:
    def program() -> None:
        # Not known before the update: it hides the image alone.
        password = random.RandomPassword("password", length=24)
        _pod(pulumi.Output.concat("registry.example.com/x:", password.id), privileged)

    return program


@pytest.mark.parametrize("privileged", [True, False])
def test_a_preview_of_the_cli(engine: PulumiEngine, tmp_path: Path, privileged: bool) -> None:  # noqa: FBT001 - a column
    document = cli_preview(engine, _program(privileged=privileged), "--show-sames")
    check = _check(document, tmp_path)
    assert _broken(check, "workload-forbids-privileged") == (["Pod coder/pod"] if privileged else [])
    places = {each.place for each in check.report.undecided if each.resource == "Pod coder/pod"}
    assert "spec.containers[0].image" in places
    assert _CANARY not in repr(check)


@pytest.mark.parametrize("show_secrets", [True, False])
def test_a_state_of_the_cli(engine: PulumiEngine, tmp_path: Path, show_secrets: bool) -> None:  # noqa: FBT001 - a column
    def program() -> None:
        random.RandomPassword("password", length=24, keepers={"token": pulumi.Output.secret(_CANARY)})

    engine.up(program)
    exported = engine.stack(program).workspace.export_stack("test")
    document = {"version": exported.version, "deployment": exported.deployment}
    text = json.dumps(document)
    if not show_secrets:
        # What the CLI exports without being asked for secrets: as they are kept.
        text = (engine.backend / ".pulumi" / "stacks" / "plugins" / "test.json").read_text(encoding="utf-8")
        document = {"version": 3, "deployment": json.loads(text)["checkpoint"]["latest"]}
    assert (_CANARY in text) is show_secrets
    check = _check(document, tmp_path)
    assert check.report.resources == 3
    assert _CANARY not in repr(check)
