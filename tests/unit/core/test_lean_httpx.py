import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]
_LATER = """
from core.lean_httpx import spare_command_line
spare_command_line()
import sys
import httpx
assert not {"click", "rich", "pygments"} & sys.modules.keys()
assert httpx.Client(trust_env=False).timeout is not None
"""
_ALREADY = """
import sys
import types
already = sys.modules["httpx._main"] = types.ModuleType("httpx._main")
from core.lean_httpx import spare_command_line
spare_command_line()
assert sys.modules["httpx._main"] is already
"""


def _python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=_ROOT, capture_output=True, text=True, check=False)


def test_httpx_works_and_brings_nothing_of_its_command_line() -> None:
    done = _python(_LATER)
    assert done.returncode == 0, done.stderr


def test_an_imported_command_line_stays() -> None:
    done = _python(_ALREADY)
    assert done.returncode == 0, done.stderr
