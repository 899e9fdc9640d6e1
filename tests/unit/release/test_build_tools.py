"""A machine on which executables cannot be built says which packages it lacks."""

import shutil
import sys
import sysconfig
from collections.abc import Mapping

import pytest

from core.errors import SptFlowError
from release.build_tools import check_build_tools, missing_build_tools


def _python(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> None:
    monkeypatch.setattr(sysconfig, "get_config_var", variables.get)


def test_what_a_bare_debian_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    _python(monkeypatch, {"INSTSONAME": "libpython3.11.so.1.0", "LIBDIR": "/nowhere", "MULTIARCH": "here"})
    assert missing_build_tools() == ["binutils", "libpython3.11"]
    with pytest.raises(SptFlowError) as refused:
        check_build_tools()
    assert refused.value.next_command == "sudo apt-get install --no-install-recommends binutils libpython3.11"


@pytest.mark.parametrize("name", ["libpython3.11.a", ""])
def test_a_python_that_holds_its_library_needs_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(shutil, "which", lambda program: program)
    _python(monkeypatch, {"INSTSONAME": name})
    check_build_tools()


def test_other_systems_bring_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert missing_build_tools() == []
