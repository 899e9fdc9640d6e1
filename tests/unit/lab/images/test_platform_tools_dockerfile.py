"""The Dockerfile of platform-tools makes what the lab's own image of that name is: packages, code, user, start."""

import json
import re
from pathlib import Path

from lab.images.debian_recipes import PLATFORM_TOOLS
from lab.images.platform_tools import PLATFORM_TOOLS_CONFIG, project_entries
from lab.images.python_packages import PACKAGES_FOLDER
from versions import POSTGRES, REGISTRY

ROOT = Path(__file__).parents[4]
FOLDER = ROOT / "images" / "platform-tools"
DOCKERFILE = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
CODE = "/opt/spt-flow/code"


def test_the_same_code_is_in_both() -> None:
    copied = re.findall(rf"^COPY (?!--)(.*) {CODE}(?:/\S*)?$", DOCKERFILE, re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    assert names == {entry.path.removeprefix(f"{CODE}/").partition("/")[0] for entry in project_entries()}
    let_in = {line[1:] for line in (FOLDER / "Dockerfile.dockerignore").read_text().splitlines() if line[0] == "!"}
    assert names <= let_in


def test_the_same_packages_are_in_both() -> None:
    script = (FOLDER / "system.sh").read_text(encoding="utf-8")
    found = re.search(r"--no-install-recommends (.*)", script)
    assert found is not None
    major = POSTGRES.split(".")[0]
    assert tuple(found[1].replace('"', "").replace("$major", major).split()) == PLATFORM_TOOLS.packages
    assert f"--target {PACKAGES_FOLDER}" in DOCKERFILE
    assert "--only-group jobs" in DOCKERFILE
    assert DOCKERFILE.count("--require-hashes") == 2, "uv itself, and what it has locked"


def test_both_start_alike_without_rights() -> None:
    config = PLATFORM_TOOLS_CONFIG
    assert f"ENTRYPOINT {json.dumps(config.entrypoint)}" in DOCKERFILE
    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)[-1] == config.user
    assert f"WORKDIR {config.working_directory}\n" in DOCKERFILE
    for name in config.environment.keys() - {"PATH"}:
        assert re.search(
            rf"^(?:ENV|   ) {name}={re.escape(config.environment[name])}(?: \\)?$", DOCKERFILE, re.MULTILINE
        )


def test_the_image_is_checked_and_labelled() -> None:
    assert re.search(r"^HEALTHCHECK .*CMD \[", DOCKERFILE, re.MULTILINE)
    for name in ("title", "description", "licenses", "source", "version", "base.name"):
        assert f"org.opencontainers.image.{name}=" in DOCKERFILE


def test_bases_are_arguments_with_a_version() -> None:
    defaults = dict(re.findall(r"^ARG (\w+)=(\S+)$", DOCKERFILE.partition("\nFROM")[0], re.MULTILINE))
    assert set(defaults) == {"BASE_IMAGE", "PYTHON_IMAGE", "REGISTRY_IMAGE", "TRUST_IMAGE"}
    assert defaults["REGISTRY_IMAGE"] == f"registry:{REGISTRY}", "the version that serves"
    assert re.fullmatch(r"debian:\d+\.\d+-slim", defaults["BASE_IMAGE"])
    assert re.fullmatch(r"python:3\.11-slim-bookworm", defaults["PYTHON_IMAGE"]), "the Python of Debian 12"
    froms = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert set(froms) == {"${TRUST_IMAGE}", "${PYTHON_IMAGE}", "${REGISTRY_IMAGE}", "${BASE_IMAGE}"}
