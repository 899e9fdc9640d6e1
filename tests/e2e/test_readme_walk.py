"""000:S1.2, 000:S2.2, 000:S2.3, 000:S2.4, 001:149: the README's walk, typed as it is printed, prints what it prints."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.command import Command
from lab.demo.sample import SAMPLE
from lab.deploy.stack_file import PROJECT_ROOT
from lab.instance import LabInstance
from lab.toolchain import toolchain_bin
from sptcoder.api import CoderClient
from sptcoder.api.job_watch import Stopwatch
from sptcoder.templates.workspace_removal import remove_workspace
from tests.support.cli_run import CHECKOUT
from tests.support.patience import wait_until
from tests.support.platform import Platform

pytestmark = pytest.mark.lab

_README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
_BLOCK = r"<!-- walk: {} -->\n```console\n(.*?)```\n"
_MARK = "--- walk ---"
_LEFT_OUT = "..."


@dataclass
class Step:
    """A command of the README, and the lines printed below it."""

    command: str
    printed: list[str] = field(default_factory=list)


def steps(block: str, lab: LabInstance) -> list[Step]:
    """Return the steps of a block, with the addresses of a lab."""
    found = re.search(_BLOCK.format(block), _README, re.DOTALL)
    assert found is not None, f"the README has no walk '{block}'"
    text = found[1].replace("http://10.98.0.80", lab.coder_url).replace("10.99.0.1", str(lab.host_address))
    text = text.replace("context '10.98.0.80'", f"context '{lab.coder_address}'")
    result: list[Step] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            result.append(Step(line.removeprefix("$ ")))
        else:
            result[-1].printed.append(line)
    return result


def pattern(printed: list[str], home: Path) -> str:
    """Return what an output has to look like: lines left out may be any, a moment in time is any moment."""
    parts = []
    for line in printed:
        if line == _LEFT_OUT:
            parts.append(r"(?:.*\n)*?")
        else:
            known = re.escape(re.sub(r"(?<![\w:'])~(?=/)", str(home), line))
            parts.append(re.sub(r"\d{4}\\-\d\d\\-\d\d\\ \d\d:\d\d", r"[-0-9: ]{16}", known) + r"\n")
    return "".join(parts)


def environment(lab: LabInstance, home: Path) -> dict[str, str]:
    """Return a user's environment with a home of its own; what is merely cached is shared."""
    cache = toolchain_bin().parent.parent
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "SPT_FLOW_", "SSH_"))}
    return {
        **kept,
        "HOME": str(home),
        "NO_COLOR": "1",
        "SPT_FLOW_LAB_DIR": str(lab.directory),
        "SPT_FLOW_LAB_NAME": lab.name,
        "SPT_FLOW_LAB_SLOT": str(lab.slot),
        "SPT_FLOW_SKIP_UPDATE_CHECK": "true",
        "XDG_CACHE_HOME": str(cache),
    }


@contextmanager
def typed(step: Step, variables: dict[str, str]) -> Iterator[None]:
    """Type a command that runs until Ctrl-C; go on when it prints what it should, and press Ctrl-C in the end."""
    output = Path(variables["HOME"]) / "serve.out"
    with output.open("w") as file:
        started = subprocess.Popen(
            ["bash", "-c", f"exec {step.command}"],
            cwd=CHECKOUT,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_until(lambda: started.poll() is not None or _prints(step, output), seconds=60)
            assert _prints(step, output), output.read_text()
            yield
        finally:
            if started.poll() is None:
                os.killpg(started.pid, signal.SIGINT)
            started.wait(30)


def _prints(step: Step, output: Path) -> bool:
    return re.match(pattern(step.printed, output.parent), output.read_text()) is not None


@pytest.fixture
def _no_sample(owner: CoderClient) -> Iterator[None]:
    """Delete the walk's workspace afterwards, if a walk that failed has left it."""
    yield
    left = owner.workspaces.find(SAMPLE)
    if left is not None:
        remove_workspace(owner, left.id, timeout=120, say=lambda _: None, stopwatch=Stopwatch())


@pytest.mark.usefixtures("_no_sample")
def test_the_walk_works_as_printed(platform: Platform, tmp_path: Path) -> None:
    lab = platform.instance
    variables = environment(lab, tmp_path)
    (serve,) = steps("serve", lab)
    walk = steps("use", lab)
    script = "\n".join(f"echo '{_MARK}'\n{step.command} || echo \"ended with $?\"" for step in walk)
    with typed(serve, variables):
        done = Command("bash", env=variables, cwd=CHECKOUT).run("-c", f"exec 2>&1\n{script}", timeout=400)
    said = done.stdout.split(f"{_MARK}\n")[1:]
    assert len(said) == len(walk), done.stdout
    for step, text in zip(walk, said, strict=True):
        assert re.fullmatch(pattern(step.printed, tmp_path), text), f"$ {step.command}\n{text}"
