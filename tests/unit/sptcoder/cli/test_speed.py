"""How soon the command line answers, in seconds of the processor, whatever else the machine does meanwhile.

A machine so busy that a bare interpreter takes longer than usual is allowed as much more. The wall-clock figures
are in docs/benchmarks.md.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.standins.coderd.server import Coderd
from tests.support.coder_workspaces import add_workspace

if sys.platform == "win32":
    pytest.skip("Windows does not tell what ended processes took", allow_module_level=True)

import resource  # there is none on Windows

_CHECKOUT = Path(__file__).resolve().parents[4]
_TRIES = 7
_BARE = 0.015
"""What `python -c pass` takes on an idle machine, rounded up."""
_FIRST_LINE = """
import os, sys, time
import sptcoder.cli.terminal as terminal
from sptcoder.cli.run import run

def first(line, style=None):
    sys.stdout.write(f"{time.process_time()} {line}")
    sys.stdout.flush()
    os._exit(0)

terminal.say = first
run(["up", "https://git.example.com/my/repo"])
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    homes = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    return {**os.environ, **homes, "PYTHONPATH": str(_CHECKOUT), "SPT_FLOW_SKIP_UPDATE_CHECK": "true"}


def _least(words: Sequence[str], environment: dict[str, str], tries: int = _TRIES) -> float:
    """Return the least seconds of user and system time of a run of Python."""
    found = []
    for _ in range(tries):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *words], env=environment, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(found)


def _busyness(environment: dict[str, str]) -> float:
    """Return how many times its usual time the processor takes now; 1 on an idle machine."""
    return max(1.0, _least(["-c", "pass"], environment) / _BARE)


@pytest.mark.parametrize(("word", "times"), [("--version", 5), ("--help", 8)])
def test_version_and_help_cost_a_few_times_what_an_interpreter_costs(
    environment: dict[str, str], word: str, times: int
) -> None:
    assert _least(["-m", "sptcoder", word], environment) <= times * _least(["-c", "pass"], environment)


def test_000_nfr2_up_answers_within_200_ms(environment: dict[str, str]) -> None:
    def first_line() -> float:
        done = subprocess.run([sys.executable, "-c", _FIRST_LINE], env=environment, capture_output=True, check=True)
        seconds, _, line = done.stdout.decode().partition(" ")
        assert line == "Repository: https://git.example.com/my/repo"
        return float(seconds)

    assert min(first_line() for _ in range(_TRIES)) < 0.2 * _busyness(environment)


def test_a_thousand_workspaces_are_listed_within_700_ms(environment: dict[str, str], coderd: Coderd) -> None:
    for number in range(1_000):
        add_workspace(coderd.platform, f"workspace-{number}", outdated=number % 7 == 0)
    signed_in = {**environment, "CODER_URL": coderd.url, "CODER_SESSION_TOKEN": coderd.platform.token}
    assert _least(["-m", "sptcoder", "list"], signed_in, tries=3) < 0.7 * _busyness(environment)
    assert len(coderd.requests) == 3 * 4, "pages of 250"
