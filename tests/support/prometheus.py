"""A real Prometheus for tests, and its promtool: Debian's, which `make test-packages` installs."""

__all__ = ["PrometheusServer", "Promtool", "Sample", "Target", "find_prometheus", "promtool", "running_prometheus"]

import json
import re
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

_PROGRAMS: Final = ("prometheus", "promtool")
_SEARCH: Final = "/usr/bin:/usr/local/bin"
_START_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.1


@dataclass(frozen=True)
class Promtool:
    """Prometheus's own judge of rules; each call returns what is wrong, or nothing."""

    program: Path

    def check_rules(self, file: Path) -> str:
        """Return what promtool has against a file of rules: groups, names, expressions, templates in annotations."""
        return self._complaint("check", "rules", "--lint=all", "--lint-fatal", str(file))

    def check_config(self, file: Path) -> str:
        """Return what promtool has against a server's configuration, with the rule files it names."""
        return self._complaint("check", "config", "--lint=none", str(file))

    def test_rules(self, file: Path) -> str:
        """Run a file of unit tests (https://prometheus.io/docs/prometheus/2.42/configuration/unit_testing_rules)."""
        return self._complaint("test", "rules", str(file))

    def check_expressions(self, expressions: Sequence[str], folder: Path) -> str:
        """Return what promtool has against PromQL expressions, among them the number of the one that is meant."""
        rules = [{"record": f"expression:{number}", "expr": text} for number, text in enumerate(expressions)]
        file = folder / "expressions.yaml"
        file.write_text(yaml.safe_dump({"groups": [{"name": "expressions", "rules": rules}]}), encoding="utf-8")
        return self._complaint("check", "rules", "--lint=none", str(file))

    def _complaint(self, *args: str) -> str:
        done = subprocess.run(
            [str(self.program), *args],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
        return "" if done.returncode == 0 else f"{done.stdout}{done.stderr}" or f"exit code {done.returncode}"


@dataclass(frozen=True)
class Sample:
    """One series of an answer: its labels, `__name__` among them where there is a name, and its value now."""

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True)
class Target:
    """Something that is scraped: `health` is up, down or unknown, `error` why it is down."""

    job: str
    address: str
    health: str
    error: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class PrometheusServer:
    """A running server; questions go to its HTTP API (https://prometheus.io/docs/prometheus/2.42/querying/api)."""

    url: str

    def query(self, expression: str) -> list[Sample]:
        """Return the series of an instant vector, or the one value of a scalar without labels."""
        data = self._get("query", query=expression)
        found = [{"metric": {}, "value": data["result"]}] if data["resultType"] == "scalar" else data["result"]
        return [Sample(series["metric"], float(series["value"][1])) for series in found]

    def names(self) -> set[str]:
        """Return the names of all metrics that have ever been scraped or recorded."""
        return set(self._get("label/__name__/values"))

    def targets(self) -> list[Target]:
        """Return everything that is scraped."""
        return [
            Target(one["scrapePool"], one["scrapeUrl"], one["health"], one["lastError"], one["labels"])
            for one in self._get("targets", state="active")["activeTargets"]
        ]

    def rules(self) -> list[dict[str, Any]]:
        """Return every rule, with its `health` and `lastError`."""
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]

    def wait_until_scraped(self, seconds: float = 90.0) -> list[Target]:
        """Wait until each target has been tried once, and return them; they may be down."""
        deadline = time.monotonic() + seconds
        while True:
            targets = self.targets()
            waiting = [target.address for target in targets if target.health == "unknown"]
            if targets and not waiting:
                return targets
            if time.monotonic() > deadline:
                pytest.fail(f"not scraped after {seconds:g} s: {waiting or 'there are no targets'}")
            time.sleep(_POLL_SECONDS)

    def _get(self, path: str, **parameters: str) -> Any:  # noqa: ANN401 - whatever JSON the API answers
        query = urllib.parse.urlencode(parameters)
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{query}", timeout=10) as answer:  # noqa: S310 - always http
            return json.load(answer)["data"]


def find_prometheus() -> dict[str, Path] | str:
    """Return where Prometheus's programs are, or why there are none, as a sentence."""
    found = {program: shutil.which(program, path=_SEARCH) for program in _PROGRAMS}
    missing = [program for program, path in found.items() if path is None]
    if missing:
        return f"no {' and no '.join(missing)}: make test-packages"
    return {program: Path(path) for program, path in found.items() if path is not None}


def _programs() -> dict[str, Path]:
    programs = find_prometheus()
    if isinstance(programs, str):
        pytest.skip(programs)
    return programs


@pytest.fixture(scope="session")
def promtool() -> Promtool:
    """Return promtool, or skip."""
    return Promtool(_programs()["promtool"])


@contextmanager
def running_prometheus(
    folder: Path, config: Mapping[str, Any], *prefix: str, host: str = "127.0.0.1"
) -> Iterator[PrometheusServer]:
    """Run a server with this configuration for the block, its data in `folder`; skip where there is none.

    `prefix` are words before the command, such as those that enter a lab's network; `host` is the address to listen
    on. Fails with the log's last lines if the server does not start.
    """
    program = _programs()["prometheus"]
    folder.mkdir(parents=True, exist_ok=True)
    file, log = folder / "prometheus.yml", folder / "prometheus.log"
    file.write_text(yaml.safe_dump(dict(config)), encoding="utf-8")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(*prefix, "setpriv", "--pdeathsig", "KILL", "--", str(program), f"--config.file={file}"),
                *(f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address={host}:0"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
    try:
        yield PrometheusServer(f"http://{_wait_until_ready(process, log)}")
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> str:
    """Return the address with the port that the server has taken."""
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        said = log.read_text(encoding="utf-8", errors="replace")
        address = re.search(r'msg="Listening on" address=(\S+)', said)
        if address is not None and "Server is ready" in said:
            return address[1]
        time.sleep(_POLL_SECONDS)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
    pytest.fail(f"Prometheus did not start: {' | '.join(lines)}")
