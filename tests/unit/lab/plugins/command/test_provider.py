"""The command resource, called directly."""

import asyncio
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.errors import SptFlowError
from lab.plugins.command.provider import CommandProvider
from lab.plugins.protocol.errors import OperationCancelledError
from lab.plugins.protocol.host import Host, Severity
from lab.plugins.protocol.requests import CheckRequest, CreateRequest, DeleteRequest, InvokeRequest, UpdateRequest
from lab.plugins.protocol.values import UNKNOWN, Secret, reveal

_TYPE = "command:local:Command"
_URN = f"urn:pulumi:dev::p::{_TYPE}::thing"


class _RecordingHost(Host):
    def __init__(self) -> None:
        super().__init__(None)
        self.lines: list[str] = []

    async def log(self, severity: Severity, message: str, urn: str = "", *, ephemeral: bool = False) -> None:
        assert (severity, urn, ephemeral) == (Severity.INFO, _URN, True)
        self.lines.append(message)


@pytest.fixture
async def host() -> _RecordingHost:
    return _RecordingHost()


@pytest.fixture
async def provider(host: _RecordingHost) -> CommandProvider:
    made = CommandProvider()
    made.host = host
    return made


async def _create(provider: CommandProvider, *, preview: bool = False, timeout: float = 0, **inputs: Any) -> Any:  # noqa: ANN401, ASYNC109
    request = CreateRequest(_URN, _TYPE, "thing", inputs, timeout, preview)
    return (await provider.create(request)).properties


async def _update(provider: CommandProvider, olds: dict[str, Any], *, preview: bool = False, **news: Any) -> Any:  # noqa: ANN401
    return await provider.update(UpdateRequest("id", _URN, _TYPE, "thing", olds, {}, news, 0, preview, ()))


async def test_output_is_captured_and_shown_live(provider: CommandProvider, host: _RecordingHost) -> None:
    outputs = await _create(provider, create="echo one; echo two >&2; printf 'three\\n\\n'")
    assert outputs["stdout"] == "one\nthree\n"
    assert outputs["stderr"] == "two"
    assert sorted(host.lines) == ["one", "three", "two"]


@pytest.mark.parametrize(("mode", "lines"), [("stdout", ["one"]), ("stderr", ["two"]), ("none", [])])
async def test_logging_chooses_what_is_shown(
    provider: CommandProvider, host: _RecordingHost, mode: str, lines: list[str]
) -> None:
    outputs = await _create(provider, create="echo one; echo two >&2", logging=mode)
    assert (outputs["stdout"], outputs["stderr"]) == ("one", "two")
    assert host.lines == lines


async def test_settings_reach_the_script(provider: CommandProvider, tmp_path: Path) -> None:
    outputs = await _create(
        provider,
        create="import os, sys; print(os.getcwd(), os.environ['A'], sys.stdin.read())",
        interpreter=["python3", "-c"],
        dir=str(tmp_path),
        environment={"A": Secret("alpha")},
        stdin="in",
    )
    assert outputs["stdout"] == f"{tmp_path} alpha in"
    assert outputs["environment"] == {"A": Secret("alpha")}


async def test_stdin_is_empty_unless_given(provider: CommandProvider) -> None:
    assert (await _create(provider, create="wc -c"))["stdout"].strip() == "0"


async def test_a_script_that_ignores_a_large_stdin_is_fine(provider: CommandProvider) -> None:
    assert (await _create(provider, create="echo done", stdin="x" * 1_000_000))["stdout"] == "done"


async def test_secrets_are_hidden_in_what_is_shown(provider: CommandProvider, host: _RecordingHost) -> None:
    await _create(provider, create='echo "token $T"', environment={"T": Secret("hunter22")})
    assert host.lines == ["token [secret]"]


async def test_no_script_does_nothing(provider: CommandProvider) -> None:
    assert await _create(provider, delete="x") == {"delete": "x", "stdout": "", "stderr": ""}


async def test_previews_run_nothing(provider: CommandProvider, tmp_path: Path) -> None:
    script = f"touch {tmp_path / 'ran'}"
    created = await _create(provider, preview=True, create=script, archivePaths=["*"])
    assert created == {
        "create": script,
        "archivePaths": ["*"],
        "stdout": UNKNOWN,
        "stderr": UNKNOWN,
        "archive": UNKNOWN,
    }
    updated = await _update(provider, {"stdout": "a", "stderr": ""}, preview=True, create=script)
    assert updated == {"create": script, "stdout": UNKNOWN, "stderr": UNKNOWN}
    assert not (tmp_path / "ran").exists()


async def test_update_runs_update_else_create_with_the_output_before(provider: CommandProvider) -> None:
    olds = {"stdout": Secret("before"), "stderr": "oops"}
    script = 'echo "$0 $PULUMI_COMMAND_STDOUT $PULUMI_COMMAND_STDERR"'
    assert (await _update(provider, olds, create="exit 1", update=script))["stdout"].endswith(" before oops")
    assert (await _update(provider, olds, create=script))["stdout"].endswith(" before oops")
    quiet = await _update(provider, olds, create=script, addPreviousOutputInEnv=False)
    assert "before" not in quiet["stdout"]
    assert reveal(await _update(provider, olds, delete="x")) == {"delete": "x", "stdout": "before", "stderr": "oops"}


async def test_delete_runs_with_the_settings_in_state(provider: CommandProvider, tmp_path: Path) -> None:
    state = {"delete": "echo $A $PULUMI_COMMAND_STDOUT > gone", "dir": str(tmp_path), "environment": {"A": "1"}}
    await provider.delete(DeleteRequest("id", _URN, _TYPE, "thing", {**state, "stdout": "out", "stderr": ""}, {}, 0))
    assert (tmp_path / "gone").read_text() == "1 out\n"


async def test_assets_and_archive(provider: CommandProvider, tmp_path: Path) -> None:
    outputs = await _create(
        provider,
        create="mkdir sub; echo 1 > sub/a.txt; echo 2 > b.txt",
        dir=str(tmp_path),
        assetPaths=["*.txt"],
        archivePaths=["**"],
    )
    assert list(outputs["assets"]) == ["b.txt"]
    assert outputs["assets"]["b.txt"].path == str(tmp_path / "b.txt")
    assert sorted(outputs["archive"].assets) == ["b.txt", "sub/a.txt"]
    assert outputs["archive"].hash


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"create": "echo out; echo err >&2; exit 7"}, 'exit status 7: running "echo out; echo err >&2; exit 7":\n'),
        ({"create": "kill -9 $$"}, "signal: SIGKILL: running"),
        ({"create": "x", "dir": "/does/not/exist"}, "The directory '/does/not/exist' to run the command in"),
        (
            {"create": "x", "interpreter": ["no-such-shell"]},
            "The command's interpreter 'no-such-shell' is not on PATH.",
        ),
        ({"create": "x", "interpreter": ["/etc/passwd"]}, "interpreter '/etc/passwd' cannot be run: Permission denied"),
    ],
)
async def test_failures(provider: CommandProvider, inputs: dict[str, Any], message: str) -> None:
    with pytest.raises(SptFlowError) as caught:
        await _create(provider, **inputs)
    assert message in str(caught.value)


async def test_a_secret_script_is_hidden_in_its_failure(provider: CommandProvider) -> None:
    with pytest.raises(SptFlowError) as caught:
        await _create(provider, create=Secret('echo "pass word 1"; exit 2'))
    assert "pass word" not in str(caught.value).replace(":\npass word 1", "")
    assert 'running "[secret]"' in str(caught.value)


def _is_gone(pid: int) -> bool:
    """Return whether a process has ended, reaped or not."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def test_a_timeout_ends_the_whole_group(provider: CommandProvider, tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    start = time.monotonic()
    with pytest.raises(SptFlowError, match=r"stopped after 0\.5 s: running"):
        await _create(provider, timeout=0.5, create=f"(trap '' TERM; sleep 300) & echo $! > {marker}; wait")
    assert time.monotonic() - start < 10
    end = time.monotonic() + 60
    while not _is_gone(int(marker.read_text())):
        assert time.monotonic() < end
        await asyncio.sleep(0.05)


async def test_cancelling_ends_the_script(provider: CommandProvider, host: _RecordingHost) -> None:
    task = asyncio.create_task(_create(provider, create="echo up; exec sleep 300"))
    while not host.lines:  # noqa: ASYNC110 - the script says when it is up
        await asyncio.sleep(0.01)
    host.cancelled.set()
    with pytest.raises(OperationCancelledError, match=r"running .* was cancelled"):
        await task


async def test_output_of_a_process_left_in_the_background_is_not_waited_for(provider: CommandProvider) -> None:
    start = time.monotonic()
    outputs = await _create(provider, create="sleep 20 & echo started $!")
    assert time.monotonic() - start < 10
    psutil.Process(int(outputs["stdout"].split()[1])).kill()


async def test_another_type_is_one_sentence(provider: CommandProvider) -> None:
    request = CheckRequest(_URN, "command:remote:Command", "x", None, {}, b"", None)
    with pytest.raises(SptFlowError, match="'command:remote:Command' is not covered by this edition"):
        await provider.check(request)


async def test_run_function(provider: CommandProvider, host: _RecordingHost) -> None:
    result = await provider.invoke(
        InvokeRequest("command:local:run", {"command": "echo hi", "logging": "none"}, preview=False)
    )
    assert result.returned == {"command": "echo hi", "logging": "none", "stdout": "hi", "stderr": ""}
    assert host.lines == []
    refused = await provider.invoke(InvokeRequest("command:local:run", {"create": "x"}, preview=False))
    assert [failure.property for failure in refused.failures] == ["create"]
