"""Times of `sptcoder`: how soon it answers, a long list, what it costs while it waits, what it adds to Coder's own."""

__all__ = ["cli_figures", "up_figure"]

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil

from benchmarks.figure import Figure, timed
from core.command import Command
from lab.demo.access import coder_access, owner_session
from lab.demo.git_daemon import served_repositories
from lab.demo.repository import REPOSITORY, make_repository
from lab.deploy.stack_file import PROJECT_ROOT
from lab.instance import LabInstance
from lab.progress import Progress
from lab.toolchain import Toolchain
from sptcoder.api import CoderClient
from sptcoder.api.job_watch import Stopwatch
from sptcoder.api.models.workspace import Workspace
from sptcoder.templates.workspace_removal import remove_workspace
from tests.standins.coderd.server import Coderd
from tests.support.coder_site import SMALL
from tests.support.coder_workspaces import add_workspace

_RUNS: Final = 15
_LISTS: Final = 7
_UPS: Final = 3
_MANY: Final = 1_000
_SETTLED: Final = 4.0
"""Seconds after which a command that waits has done all it does but waiting."""
_WATCHED: Final = 20.0
_SECONDS: Final = 180.0
_PORT: Final = 9421


def cli_figures(folder: Path, progress: Progress) -> list[Figure]:
    """Measure what needs no lab: the program alone, and against a stand-in of a server."""
    with Coderd() as coderd:
        environment = _environment(folder, coderd.url, coderd.platform.token)
        with progress.step(f"sptcoder --version and --help, {_RUNS} times"):
            answers = [*_answer_figures("--version", 5, environment), *_answer_figures("--help", 8, environment)]
        with progress.step(f"sptcoder list with {_MANY:,} workspaces, {_LISTS} times"):
            for number in range(_MANY):
                status = ("running", "stopped", "failed")[number % 3]
                add_workspace(coderd.platform, f"workspace-{number}", status=status, outdated=number % 7 == 0)
            listed = tuple(timed(lambda: _sptcoder("list", env=environment)) for _ in range(_LISTS))
        with progress.step("sptcoder up, its first line"):
            first = tuple(_first_line(environment) for _ in range(_RUNS))
        with progress.step(f"sptcoder start, waiting for {_WATCHED:g} s"):
            coderd.platform.jobs.script.polls = 1_000_000
            share = _waiting_share(environment)
    return [
        *answers,
        Figure(f"`sptcoder list` with {_MANY:,} workspaces", listed, 0.7),
        Figure("`sptcoder up` to its first line", first, 0.2),
        Figure("CPU of `sptcoder start` while it waits", (share,), 2, "%"),
    ]


def up_figure(instance: LabInstance, toolchain: Toolchain, folder: Path, progress: Progress) -> Figure:
    """Measure, on the Coder of a lab, the time of `up` in which neither Coder nor the workspace is at work."""
    access = coder_access(instance, toolchain)
    repositories = folder / "up"
    repositories.mkdir()
    make_repository(repositories)
    with (
        owner_session(access) as token,
        CoderClient(access.url, token.get_secret_value()) as client,
        served_repositories(repositories / "served", str(instance.host_address), port=_PORT) as base,
        progress.step(f"sptcoder up, {_UPS} times"),
    ):
        environment = _environment(folder, access.url, token.get_secret_value())
        url = f"{base}/{REPOSITORY}.git"
        added = tuple(_added_by_up(client, environment, url, f"bench-up-{number}") for number in range(_UPS))
    return Figure("what `sptcoder up` adds to Coder's own time", added, 1)


def _answer_figures(word: str, times: float, environment: Mapping[str, str]) -> Iterator[Figure]:
    """Yield the time of a word, and how many times that of an interpreter that does nothing; measured in turn."""
    bare, ours = Command(sys.executable, env=environment), []
    ratios = []
    for _ in range(_RUNS):
        nothing = timed(lambda: bare.run("-c", "pass"))
        ours.append(timed(lambda: _sptcoder(word, env=environment)))
        ratios.append(ours[-1] / nothing)
    yield Figure(f"`sptcoder {word}`", tuple(ours), 0.2)
    yield Figure(f"`sptcoder {word}`, as a multiple of `python -c pass`", tuple(ratios), times, "")


def _first_line(environment: Mapping[str, str]) -> float:
    began = time.monotonic()
    with _started(["up", "https://git.example.com/my/repo", "--no-check"], environment) as process:
        assert process.stderr is not None  # noqa: S101 - a pipe, see below
        process.stderr.readline()
        return time.monotonic() - began


def _waiting_share(environment: Mapping[str, str]) -> float:
    """Return the share of one core, in percent, that a start without end takes once it only waits."""
    with _started(["start", "workspace-1"], environment) as process:
        time.sleep(_SETTLED)
        watched = psutil.Process(process.pid)
        before = sum(watched.cpu_times()[:2])
        time.sleep(_WATCHED)
        return 100 * (sum(watched.cpu_times()[:2]) - before) / _WATCHED


def _added_by_up(client: CoderClient, environment: Mapping[str, str], url: str, name: str) -> float:
    """Return the seconds of a whole `up` less those from the build's creation to the agent's being ready."""
    small = [word for key, value in SMALL.items() for word in ("--param", f"{key}={value}")]
    whole = timed(lambda: _sptcoder("up", url, "--name", name, *small, env=environment))
    made = client.workspaces.find(name)
    assert made is not None  # noqa: S101 - `up` has just made it
    try:
        return whole - _coders_own(client, made)
    finally:
        remove_workspace(client, made.id, timeout=_SECONDS, say=lambda _: None, stopwatch=Stopwatch())


def _coders_own(client: CoderClient, workspace: Workspace) -> float:
    build = workspace.latest_build
    ready = client.agents.get(build.agents[0].id).ready_at
    assert build.created_at is not None  # noqa: S101 - the server always says it
    assert ready is not None  # noqa: S101 - `up` waits for it
    return (ready - build.created_at).total_seconds()


def _sptcoder(*words: str, env: Mapping[str, str]) -> None:
    Command(sys.executable, env=env, cwd=PROJECT_ROOT).run("-m", "sptcoder", *words, timeout=_SECONDS)


@contextmanager
def _started(words: Sequence[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sptcoder", *words],
        env={**os.environ, **environment},
        cwd=PROJECT_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _environment(folder: Path, url: str, token: str) -> dict[str, str]:
    """Return what makes a command one of somebody who is signed in, with a home of its own."""
    homes = {name: str(folder / name.lower()) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    server = {"CODER_URL": url, "CODER_SESSION_TOKEN": token}
    return {**homes, **server, "SPT_FLOW_SKIP_UPDATE_CHECK": "true", "NO_COLOR": "1"}
