import sys
from pathlib import Path

import pytest

from lab.deploy.import_ahead import import_ahead

_SDK = """
import types
reached = []
class Lazy(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        reached.append(f"{self.__name__}.{name}")
        return Lazy(f"{self.__name__}.{name}")
core = Lazy("core")
"""
_PART = """
import ahead_sdk as sdk
def later():
    return sdk.core.v1.Pod, sdk.missing.v1.Pod, other.core.v2
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("ahead_sdk", "ahead_part"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    (tmp_path / "ahead_sdk.py").write_text(_SDK, encoding="utf-8")
    (tmp_path / "ahead_part.py").write_text(_PART, encoding="utf-8")
    return tmp_path / "__main__.py"


def test_what_the_programs_files_reach_through_a_package_is_reached_before(program: Path) -> None:
    program.write_text("from ahead_part import later\nraise SystemExit('a program is not run')\n", encoding="utf-8")
    import_ahead(program)
    assert sys.modules["ahead_sdk"].reached == ["core.v1", "core.v1.Pod"]


@pytest.mark.parametrize(
    "text", ["import no_such_module_anywhere\nimport ahead_part\n", "from . import x\nimport ahead_part"]
)
def test_what_cannot_be_imported_is_left_for_the_program_to_fail_on(program: Path, text: str) -> None:
    program.write_text(text, encoding="utf-8")
    import_ahead(program)
    assert "ahead_part" in sys.modules


def test_a_program_that_is_none_is_passed_over(program: Path) -> None:
    import_ahead(program)
    program.write_text("this is no program", encoding="utf-8")
    import_ahead(program)
