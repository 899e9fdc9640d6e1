"""Fixtures of every test: a clean environment, and golden files."""

import gc
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

# The lab is for Linux; the command line's tests run on every system, with the command line's packages alone.
_HAS_LAB: Final = sys.platform == "linux" and find_spec("cryptography") is not None
if _HAS_LAB:
    from lab.toolchain import toolchain_bin

_TESTS: Final = Path(__file__).parent
_DANGEROUS_PREFIXES: Final = ("PULUMI_", "KUBE", "CODER_", "HELM_", "DOCKER_", "MAKE", "MFLAGS")
"""The last two: a make that runs below another one, `make test` for example, says more than it is asked."""

# A shell starts background jobs with SIGINT ignored, and programs inherit that: tests of Ctrl-C would test nothing.
signal.signal(signal.SIGINT, signal.default_int_handler)
# And nohup starts programs with SIGHUP ignored, by which tests end what they have started.
if sys.platform != "win32":
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

if _HAS_LAB and toolchain_bin().is_dir():
    # The lab's own tools: what `make test` has built is what the tests use, before anything else on the machine.
    os.environ["PATH"] = os.pathsep.join([str(toolchain_bin()), os.environ.get("PATH", os.defpath)])

_LONG_FIRST: Final = (
    "platform",
    "tests/integration/deploy/test_killed_runs.py",
    "tests/integration/cluster/test_faults.py",
    "tests/unit/lab/plugins/kubernetes/test_engine.py",
)

Golden = Callable[[str, Any], None]

_LAB_PLUGINS: Final = [
    "tests.support.lab_instance",
    "tests.support.apiserver",
    "tests.support.coder_fixtures",
    "tests.support.image_builder",
    "tests.support.platform",
    "tests.support.postgres",
    "tests.support.prometheus",
]
pytest_plugins = _LAB_PLUGINS if _HAS_LAB else []


class _ReadableDumper(yaml.SafeDumper):
    """Writes texts of several lines as such, and nothing by reference."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401 - whatever YAML can hold
        del data
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_ReadableDumper.add_representer(str, _represent_text)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switches: golden files are written instead of compared with, the platform of `make up` is used."""
    parser.addoption("--update-golden", action="store_true", help="write tests/golden/ from what the code builds now")
    parser.addoption(
        "--platform-here",
        action="store_true",
        help="use the lab of `make up` as it runs, instead of one of the tests' own; for tests that only use it",
    )


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a file's tests run in one process, and in one process all that need the deployed platform: it costs most.

    What takes long comes first, so that the processes end at the same time.
    """
    for item in items:
        group = "platform" if "platform" in getattr(item, "fixturenames", ()) else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: _LONG_FIRST.index(_group(item)) if _group(item) in _LONG_FIRST else len(_LONG_FIRST))


def _group(item: pytest.Item) -> str:
    marker = item.get_closest_marker("xdist_group")
    return str(marker.args[0]) if marker is not None else ""


@pytest.fixture(autouse=True)
def _clear_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove variables by which a test could meet a cluster, a backend or a secret of the user's."""
    for name in os.environ:
        if name.startswith(_DANGEROUS_PREFIXES):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True, scope="module")
def _finish_leftovers() -> Iterator[None]:
    """Finalise what interrupted Pulumi runs of a module left, here and not in the middle of a test of another one."""
    yield
    gc.collect()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a manifest, or a list of them, with tests/golden/<name>.yaml; --update-golden writes that file."""
    update = bool(request.config.getoption("--update-golden"))

    def check(name: str, built: Any) -> None:  # noqa: ANN401 - whatever YAML can hold
        path = _TESTS / "golden" / f"{name}.yaml"
        documents = built if isinstance(built, list) else [built]
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(
                yaml.dump_all(documents, Dumper=_ReadableDumper, sort_keys=False, width=120), encoding="utf-8"
            )
        if not path.exists():
            pytest.fail(f"{path} does not exist; run pytest with --update-golden and look at what it writes")
        expected = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
        assert documents == expected

    return check


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the very end what was not run on this machine, and why."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        _, _, reason = report.longrepr if isinstance(report.longrepr, tuple) else ("", 0, str(report.longrepr))
        reasons[reason.removeprefix("Skipped: ")] += 1
    if reasons:
        terminalreporter.section("not run on this machine")
        for reason, count in sorted(reasons.items()):
            terminalreporter.write_line(f"{count} {'test' if count == 1 else 'tests'}: {reason}")


@pytest.hookimpl(tryfirst=True, wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Finish off what a failed Pulumi run left before the failure is shown.

    Python 3.11's parser, which shows the source, breaks when a coroutine is finalised in the middle of its work.
    """
    if call.excinfo is not None:
        gc.collect()
    return (yield)
