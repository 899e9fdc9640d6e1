"""What `make test-packages` does with a machine where the packages are, or cannot be had."""

import pytest
from typer.testing import CliRunner

from core.errors import SptFlowError
from lab.__main__ import app, load_commands
from lab.toolchain.debian import REQUIRED, REQUIRED_BY_TESTS, DebianPackages, Requirement


@pytest.fixture(autouse=True)
def _command(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    load_commands(["test-packages"])


def test_what_is_there_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.toolchain.toolchain.REQUIRED_BY_TESTS", (Requirement("coreutils", ("/bin/true",)),))
    done = CliRunner().invoke(app, ["test-packages"])
    assert (done.exit_code, "already installed" in done.output) == (0, True)


def test_a_machine_that_cannot_have_them_is_told_what_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: DebianPackages, *_: object, **__: object) -> None:
        raise SptFlowError(f"No {self.missing()[0]} here.")

    monkeypatch.setattr("lab.toolchain.toolchain.REQUIRED_BY_TESTS", (Requirement("gauge", ("no-such-gauge",)),))
    monkeypatch.setattr(DebianPackages, "ensure", refuse)
    done = CliRunner().invoke(app, ["test-packages"])
    assert (done.exit_code, done.stderr) == (0, "Tests that need those packages are skipped. No gauge here.\n")


def test_the_lab_does_without_them() -> None:
    assert not {item.package for item in REQUIRED} & {item.package for item in REQUIRED_BY_TESTS}
