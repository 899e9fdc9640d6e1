"""Making the Debian layers, with stand-ins for apt and for the run inside a namespace."""

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.errors import SptFlowError
from lab.images import debian_layers, debian_stage
from lab.images.debian_layers import ensure_debian_layers
from lab.images.debian_recipes import BASE, POSTGRES
from lab.progress import SilentProgress, Step
from lab.toolchain import Toolchain

# What comes after the options of setpriv and unshare: sh layer.sh WORK LOWER SCRIPT PACKAGE...
NAMESPACE_STAND_IN = """#!/bin/sh
while [ "$1" != sh ]; do
    [ "$1" != tar ] || exec "$@"
    shift
done
work=$3 lower=$4
shift 5
echo "layer below=${lower##*/} packages=$*" >>"$STAND_IN_LOG"
case ${STAND_IN_FAILURE:-} in
    network) echo "Err:1 http://mirror.example bookworm"; echo "E: Failed to fetch it"; exit 100 ;;
    package) echo "hostname: Temporary failure in name resolution"; echo "E: dpkg has failed"; exit 1 ;;
esac
mkdir -p "$work/upper/etc"
echo "$*" >"$work/upper/etc/packages"
"""
APT_STAND_IN = """#!/bin/sh
case $1 in
    indextargets) echo "http://mirror.example/debian/ bookworm main" ;;
    update) echo "update" >>"$STAND_IN_LOG" ;;
esac
"""


class Recorder(SilentProgress):
    """Keeps how each step ended."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        self.steps.append(f"{title}: made")
        yield self

    def note(self, text: str) -> None:
        pass

    def unchanged(self, reason: str) -> None:
        self.steps[-1] = f"{self.steps[-1].partition(':')[0]}: {reason}"


class Machine:
    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.programs = root / "bin"
        self.programs.mkdir()
        for name, text in (("setpriv", NAMESPACE_STAND_IN), ("apt-get", APT_STAND_IN), ("apt-config", "#!/bin/sh\n")):
            (self.programs / name).write_text(text)
            (self.programs / name).chmod(0o755)
        path = f"{self.programs}:/usr/bin:/bin"
        monkeypatch.setenv("PATH", path)
        monkeypatch.setenv("STAND_IN_LOG", str(root / "log"))
        monkeypatch.setattr(debian_stage, "_SYSTEM_PATH", path)
        monkeypatch.setattr(
            debian_layers, "_layers", lambda: [debian_layers._packages(recipe) for recipe in (BASE, POSTGRES)]
        )
        self.toolchain = Toolchain(bin=root / "tools", images=root / "images")
        (root / "log").touch()

    @property
    def layers(self) -> Path:
        return self.toolchain.images / "debian"

    def ensure(self) -> list[str]:
        progress = Recorder()
        ensure_debian_layers(self.toolchain, progress)
        return progress.steps

    def log(self) -> list[str]:
        return (self.root / "log").read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def packages_in(layer: Path) -> str:
    with tarfile.open(layer) as tar:
        content = tar.extractfile("etc/packages")
        assert content is not None
        return content.read().decode().strip()


def test_each_layer_is_made_once_upon_the_one_below(machine: Machine) -> None:
    assert machine.ensure() == ["Debian base: made", "PostgreSQL 15: made"]
    assert machine.log() == [
        "layer below= packages=",
        "update",
        "layer below=base packages=postgresql-15",
    ]
    assert packages_in(machine.layers / "postgres.tar") == "postgresql-15"
    assert not (machine.layers / "work").exists()

    assert machine.ensure() == ["Debian images: nothing to make"]
    assert len(machine.log()) == 3


def test_a_missing_layer_is_made_upon_those_that_are_there(machine: Machine) -> None:
    machine.ensure()
    (machine.layers / "postgres.tar").unlink()
    with pytest.raises(SptFlowError, match=r"Layers of the lab's images are missing: postgres\."):
        debian_layers.debian_layers(machine.toolchain)
    assert machine.ensure() == ["Debian base: already made", "PostgreSQL 15: made"]
    assert sorted(debian_layers.debian_layers(machine.toolchain)) == ["base", "postgres"]


def test_what_an_interrupted_run_left_is_cleared_but_for_fetched_packages(machine: Machine) -> None:
    work = machine.layers / "work"
    for folder in ("archives", "base-half", "trees/base"):
        (work / folder).mkdir(parents=True)
    (work / "archives" / "libc.deb").touch()
    (machine.programs / "setpriv").write_text(NAMESPACE_STAND_IN + f'ls "{work}" >"{machine.root}/seen"\n')
    machine.ensure()
    seen = (machine.root / "seen").read_text().split()
    assert "archives" in seen
    assert "base-half" not in seen


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        ("network", "The Debian packages of the layer 'base' cannot be fetched"),
        ("package", "The layer 'base' of the lab's images cannot be made: E: dpkg has failed"),
    ],
)
def test_a_failure_is_one_sentence_and_nothing_counts_as_made(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, failure: str, message: str
) -> None:
    monkeypatch.setenv("STAND_IN_FAILURE", failure)
    with pytest.raises(SptFlowError, match=message):
        machine.ensure()
    assert not (machine.layers / "base.json").exists()
    monkeypatch.delenv("STAND_IN_FAILURE")
    assert machine.ensure()[0] == "Debian base: made"
