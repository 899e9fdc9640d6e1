"""Builds of the images: what docker is asked, with a docker that writes it down."""

import json
import os
import stat
from pathlib import Path

import pytest

import versions
from ci.image_build import IMAGES, build_image, image_build, local_reference
from ci.image_smoke import smoke_test
from core.errors import SptFlowError, UsageError

ROOT = Path(__file__).parents[3]
DOCKER = """#!/bin/sh
printf '%s\\n' "$*" >>"$LOG"
for word in "$@"; do
    case $word in --output=type=local,dest=*) printf '%s' "$REPORT" >"${word##*dest=}/build-report.json" ;; esac
done
exit "${CODE:-0}"
"""
REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a docker on PATH that logs its arguments; return the log."""
    program = tmp_path / "docker"
    program.write_text(DOCKER)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    monkeypatch.setenv("REPORT", json.dumps({"tools": [{"tool": "wash", "missing": "no"}, {"tool": "go"}]}))
    monkeypatch.setenv("GITHUB_SHA", REVISION)
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    return tmp_path / "log"


def test_every_image_has_a_dockerfile_with_a_list_of_its_context_and_a_readme() -> None:
    folders = {path.parent.name for path in (ROOT / "images").glob("*/Dockerfile")}
    assert folders == set(IMAGES)
    for name in IMAGES:
        assert (ROOT / "images" / name / "README.md").is_file()
        lines = (ROOT / "images" / name / "Dockerfile.dockerignore").read_text().splitlines()
        assert next(line for line in lines if not line.startswith("#")) == "*", "nothing but what is named"


def test_an_image_is_named_after_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_SHA", REVISION)
    assert local_reference("workspace") == f"localhost/spt-flow/workspace:{REVISION[:12]}"
    monkeypatch.setenv("GITHUB_SHA", "$(reboot)")
    with pytest.raises(UsageError, match="GITHUB_SHA"):
        local_reference("workspace")


def test_versions_come_from_versions_py_and_words_are_laid_over_them() -> None:
    build = image_build("platform-tools", overrides=["BASE_IMAGE=registry.example.com/debian:12", "POSTGRES_MAJOR=14"])
    assert build.arguments == {
        "BASE_IMAGE": "registry.example.com/debian:12",
        "POSTGRES_MAJOR": "14",
        "VERSION": versions.PLATFORM,
    }
    assert image_build("platform-tools").arguments["POSTGRES_MAJOR"] == versions.POSTGRES.split(".")[0]
    assert image_build("workspace").target == "full"
    assert image_build("workspace", target="slim").target == "slim"


@pytest.mark.parametrize(
    ("name", "target", "overrides", "words"),
    [
        ("other", "", [], "'other' is unknown"),
        ("workspace", "huge", [], "'huge' is unknown"),
        ("platform-tools", "slim", [], "'slim' is unknown"),
        ("platform-tools", "", ["base=x"], "NAME=value are expected"),
        ("platform-tools", "", ["--squash"], "NAME=value are expected"),
    ],
)
def test_what_is_no_image_target_or_argument_is_refused(
    name: str, target: str, overrides: list[str], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        image_build(name, target=target, overrides=overrides)


def test_trust_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="HOST_TRUST"):
        image_build("workspace", trust=tmp_path / "missing.tar")


def test_the_trust_is_a_secret_of_the_build(docker: Path, tmp_path: Path) -> None:
    (tmp_path / "trust.tar").touch()
    build_image(image_build("platform-tools", trust=tmp_path / "trust.tar"), "localhost/x:1")
    (said,) = docker.read_text().splitlines()
    assert f"--secret=id=host-trust,src={tmp_path}/trust.tar" in said
    assert "--build-arg=TRUST_IMAGE" not in said


def test_the_labels_of_a_build_are_no_arguments(docker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "owner/name")
    build_image(image_build("platform-tools"), "localhost/x:1")
    said = docker.read_text()
    assert f"--label=org.opencontainers.image.revision={REVISION}" in said
    assert "--label=org.opencontainers.image.source=https://github.com/owner/name" in said
    assert f"--build-arg=REVISION={REVISION}" not in said


def test_what_a_workspace_lacks_is_found_out_before_it_is_labelled(docker: Path) -> None:
    build_image(image_build("workspace", target="slim"), "localhost/x:1")
    report, image = docker.read_text().splitlines()
    assert "--target slim-report" in report
    assert "--target slim " in image
    assert "--build-arg=MISSING_TOOLS=wash" in image
    assert image.endswith("--tag localhost/x:1 .")


def test_a_stage_without_a_report_is_one_sentence(docker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPORT", "{")
    with pytest.raises(SptFlowError, match=r"full-report of images/workspace/Dockerfile gave no build-report\.json"):
        build_image(image_build("workspace"), "localhost/x:1")
    assert "--tag" not in docker.read_text()


def test_a_build_that_fails_is_one(docker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODE", "7")
    with pytest.raises(SptFlowError, match="exit code 7"):
        build_image(image_build("platform-tools"), "localhost/x:1")
    assert docker.is_file()


def test_the_jobs_are_tried_without_any_right(docker: Path) -> None:
    smoke_test("platform-tools", "localhost/x:1")
    said = docker.read_text()
    assert "--read-only --network=none localhost/x:1 --help" in said
    assert "--cap-drop=ALL --security-opt=no-new-privileges" in said


def test_an_image_that_fails_its_check_is_refused(docker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODE", "1")
    with pytest.raises(SptFlowError, match=r"localhost/x:1 fails its check with exit code 1"):
        smoke_test("workspace", "localhost/x:1")
    assert "spt-validate --json" in docker.read_text()
