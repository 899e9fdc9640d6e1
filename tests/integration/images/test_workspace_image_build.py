"""The slim workspace image, really built on the lab's bases: whose files, what sudo leaves, what does not stay."""

import json
import mmap
import os
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from core.command import Command
from lab.builder import builder, docker_environment
from lab.builder.client import DOCKER
from lab.images.build_bases import load_build_bases
from lab.images.build_trust import write_build_trust
from lab.progress import SilentProgress
from lab.toolchain import Toolchain
from tests.support.workspace_build import docker, run_build

pytestmark = pytest.mark.lab

NAME: Final = f"localhost/spt-flow/test-workspace:slim-{os.getpid()}"
"""Builds of other runs, in the same builder, have other names."""
PUBLIC: Final = {"proxy.golang.org", "sum.golang.org", "pypi.org", "registry.npmjs.org", "index.crates.io"}
"""Hosts that tools know by themselves."""

_UNWANTED: Final = ("mnt/", "run/secrets", "tmp/", "root/.c", "root/.n")
"""Where steps of a build leave things."""


def build(**changed: str) -> str:
    """Return what a failing build says, nothing if it succeeds."""
    done = run_build(NAME, changed)
    return "" if done.returncode == 0 else done.stderr


@pytest.fixture(scope="module")
def image(toolchain: Toolchain) -> Iterator[str]:
    """Build the image in the machine's builder, whose steps are kept from run to run."""
    if not DOCKER.exists():
        pytest.skip("needs Debian's docker.io")
    with builder():
        load_build_bases(toolchain, SilentProgress())
        assert build() == ""
        try:
            yield NAME
        finally:
            docker("image", "rm", "--force", NAME)


def inside(script: str, *options: str) -> str:
    return docker("run", "--rm", "--network=none", *options, NAME, "sh", "-c", script)


def test_the_home_is_coders_and_nothing_else_is(image: str) -> None:
    assert inside("id -un; id -Gn; stat -c %u:%g /home/coder").split() == ["coder", "coder", "kvm", "1000:1000"]
    assert inside("find /home/coder ! -uid 1000") == ""
    others = "find / -xdev \\( -uid 1000 -o -nouser -o -nogroup \\) ! -path '/home/coder*' ! -path '/proc/*'"
    assert inside(others, "--user=0") == ""
    assert image


def test_sudo_works_and_says_so_in_the_containers_log(image: str) -> None:
    name = f"spt-flow-test-sudo-{os.getpid()}"
    docker("run", "--detach", "--name", name, "--network=none", image, "sleep", "120")
    try:
        assert docker("exec", name, "sudo", "--non-interactive", "id", "-u").strip() == "0"
        docker("exec", name, "sudo", "--login", "true", "two\nlines")
        lines = [json.loads(line) for line in docker("logs", name).splitlines()]
    finally:
        docker("rm", "--force", name)
    assert [(line["event"], line["user"]) for line in lines] == [("sudo", "coder")] * 2
    assert [line["command"] for line in lines] == ["sudo --non-interactive id -u", "sudo --login true two\nlines"]
    assert inside("stat -c '%U %a' /etc/sudoers.d/coder /usr/lib/spt-flow/sudo-log").split() == [
        *("root", "440"),
        *("root", "755"),
    ]


def test_sudo_is_logged_whoever_the_first_process_belongs_to(image: str) -> None:
    assert image
    said = inside("su coder -c 'sudo --non-interactive true'", "--user=0")
    assert json.loads(said)["command"] == "sudo --non-interactive true"


def test_sudo_is_refused_where_its_use_cannot_be_logged(image: str) -> None:
    assert image
    # The first process of the container has no output but /dev/null.
    script = "exec 3>&1 >/dev/null; { sudo -n touch /ran 2>&1 || echo refused; ls /ran 2>&1; } | cat >&3"
    said = inside(script)
    assert "sudo is refused: its use cannot be written to the container's log" in said
    assert "refused" in said.split("\n")
    assert "/ran" not in said.split()


def test_shells_start_clean(image: str) -> None:
    assert image
    done = Command(str(DOCKER), env=docker_environment()).run(
        "run", "--rm", "--network=none", "--tty", NAME, "zsh", "-lic", "alias ll; print ready"
    )
    assert re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", done.stdout).split() == ["ll='ls", "-lh'", "ready"]
    assert inside("bash -lic 'alias ll' 2>/dev/null") == "alias ll='ls -lh'\n"


def test_the_report_and_the_labels_tell_what_is_there(image: str) -> None:
    report = json.loads(inside("cat /usr/share/spt-flow/build-report.json"))
    assert (report["target"], report["base"]) == ("slim", "Debian 12")
    had = {word["tool"]: word["version"] for word in report["tools"] if "version" in word}
    missing = sorted(word["tool"] for word in report["tools"] if "missing" in word)
    labels = json.loads(docker("image", "inspect", "--format", "{{json .Config.Labels}}", image))
    assert labels["dev.spt-flow.missing"].split() == missing
    assert labels["dev.spt-flow.base"] == "Debian 12"
    said = inside("node --version; git --version; tmux -V; python3 --version; zsh --version; code-server --version")
    for tool in ("node", "tmux", "python", "code-server"):
        assert had[tool].split("-")[0] in said


def test_a_wrong_declaration_fails_the_build_with_one_sentence(image: str) -> None:
    assert image
    said = build(MISSING_TOOLS="")
    assert "Error: MISSING_TOOLS, which the image's label repeats, is '', but the build report says" in said
    assert "Error: REQUIRED_TOOLS names tools that this image does not have: rust" in build(REQUIRED_TOOLS="rust")


def test_a_change_makes_anew_only_what_follows(image: str) -> None:
    other = f"{image}-other"
    done = run_build(other, {"PROJECT_VERSION": f"0.0.{os.getpid()}"})
    assert done.returncode == 0
    docker("image", "rm", "--force", other)
    stages = dict(re.findall(r"^#(\d+) \[([\w-]+) +\d+/\d+\] (?:RUN|COPY)", done.stderr, re.MULTILINE))
    kept = set(re.findall(r"^#(\d+) CACHED$", done.stderr, re.MULTILINE))
    assert {stage for number, stage in stages.items() if number not in kept} == {"slim", "slim-tools"}
    assert {"system", "machine"} <= {stage for number, stage in stages.items() if number in kept}


def test_nothing_of_this_machines_network_stays(image: str, tmp_path: Path) -> None:
    write_build_trust(tmp_path / "trust")
    given = "\n".join(path.read_text() for path in (tmp_path / "trust").iterdir() if path.name != "ca.pem")
    addresses = {urlsplit(word).hostname or "" for word in re.findall(r"https?://[^\s,|\"']+", given)}
    secrets = [host.encode() for host in addresses - PUBLIC if host]
    secrets += _foreign_certificates(tmp_path / "trust" / "ca.pem")
    docker("save", "--output", str(tmp_path / "image.tar"), image)
    # The layers are not compressed: what a file holds is there as it is, and so are configuration and history.
    with (tmp_path / "image.tar").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        assert [secret for secret in secrets if content.find(secret) >= 0] == []
    assert [name for name in _names(tmp_path / "image.tar") if name.startswith(_UNWANTED)] == []


def _names(image: Path) -> Iterator[str]:
    """Yield the paths of the files in an image, layer by layer."""
    with tarfile.open(image) as whole:
        for member in whole:
            stream = whole.extractfile(member) if member.name.endswith("layer.tar") else None
            if stream is not None:
                with tarfile.open(fileobj=stream) as layer:
                    yield from (file.name for file in layer)


def _foreign_certificates(bundle: Path) -> list[bytes]:
    """Return a line of each certificate that this machine trusts and Debian does not."""
    known = b"".join(path.read_bytes() for path in Path("/usr/share/ca-certificates").rglob("*.crt"))
    blocks = bundle.read_bytes().split(b"-----BEGIN CERTIFICATE-----")[1:] if bundle.exists() else []
    # From the middle, where the keys are.
    return [lines[len(lines) // 2] for block in blocks if (lines := block.split(b"\n")) and lines[1] not in known]
