"""apt's files for an image, with stand-ins for this machine's apt."""

from pathlib import Path

import pytest

from core.errors import SptFlowError
from lab.images.debian_sources import write_apt_files

TARGETS = """\
http://mirror.example/debian/ trixie main
http://mirror.example/debian/ trixie contrib
http://mirror.example/debian/ trixie-updates main
http://security.example/ trixie-security main
http://mirror.example/debian/ trixie-backports main
https://vendor.example/apt nodistro main
"""
OPTIONS = """\
Acquire::http::Proxy "http://user:secret@proxy.example:3128";
Acquire::https::CaInfo "/etc/ssl/company.pem";
Acquire::IndexTargets::deb::Packages "";
Acquire::Languages "de";
"""


class Machine:
    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.work = root / "work"
        self.work.mkdir()
        self.targets(TARGETS)
        self.program("apt-config", f"cat <<'END'\n{OPTIONS}END\n")
        (root / "os-release").write_text("ID=debian\nVERSION_CODENAME=trixie\n")
        monkeypatch.setenv("PATH", f"{root}:/usr/bin:/bin")

    def targets(self, lines: str) -> None:
        self.program("apt-get", f"[ \"$1\" = indextargets ] || exit 1\ncat <<'END'\n{lines}END\n")

    def program(self, name: str, text: str) -> None:
        (self.root / name).write_text(f"#!/bin/sh\n{text}")
        (self.root / name).chmod(0o755)

    def write(self) -> None:
        write_apt_files(self.work, lists=self.root / "lists", os_release=self.root / "os-release")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_the_machines_mirrors_serve_the_release_of_the_images(machine: Machine) -> None:
    machine.write()
    assert (machine.work / "sources.list").read_text().splitlines() == [
        "deb http://mirror.example/debian/ bookworm main",
        "deb http://mirror.example/debian/ bookworm-updates main",
        "deb http://security.example/ bookworm-security main",
    ]


def test_only_the_way_to_the_network_is_taken_over_and_kept_private(machine: Machine) -> None:
    machine.write()
    for name in ("apt.conf", "network.conf"):
        text = (machine.work / name).read_text()
        assert (machine.work / name).stat().st_mode & 0o777 == 0o600
        assert 'Acquire::http::Proxy "http://user:secret@proxy.example:3128";' in text
        assert "Acquire::https::CaInfo" in text
        assert "IndexTargets" not in text
        assert 'Acquire::Languages "none";' in text
    # What mmdebstrap is given must not name folders of this machine.
    assert "Dir::" not in (machine.work / "network.conf").read_text()
    assert f'Dir::State::lists "{machine.root}/lists";' in (machine.work / "apt.conf").read_text()


def test_a_machine_without_debian_in_its_sources_is_told_so(machine: Machine) -> None:
    machine.targets("https://vendor.example/apt nodistro main\n")
    with pytest.raises(SptFlowError, match="no archive with a release 'trixie' that has the component 'main'"):
        machine.write()
