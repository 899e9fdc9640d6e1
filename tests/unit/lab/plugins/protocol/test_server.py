"""A plugin process ends with its engine, however that goes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import psutil
import pytest
from google.protobuf import empty_pb2

from lab.plugins.protocol.codec import encode
from lab.plugins.protocol.stubs import provider_pb2, provider_pb2_grpc
from tests.support.patience import wait_for_text

_PROJECT = Path(__file__).resolve().parents[5]
_COMMAND = [sys.executable, "-m", "lab.plugins.command"]
_URN = "urn:pulumi:dev::p::command:local:Command::c"


@pytest.fixture
def plugin() -> Iterator[subprocess.Popen[str]]:
    """Return a plugin process whose stdin this process holds, as an engine does."""
    process = subprocess.Popen(
        _COMMAND,
        cwd=_PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    yield process
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream is not None
        stream.close()


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_engine_ends_an_idle_plugin_at_once(plugin: subprocess.Popen[str], number: signal.Signals) -> None:
    _port(plugin)
    os.killpg(plugin.pid, number)
    assert plugin.wait(3) == 0
    assert plugin.stderr is not None
    assert plugin.stderr.read() == ""


def test_a_closed_stdin_ends_the_plugin(plugin: subprocess.Popen[str]) -> None:
    _port(plugin)
    assert plugin.stdin is not None
    plugin.stdin.close()
    assert plugin.wait(3) == 0


def test_a_dead_parent_ends_a_plugin_whose_stdin_stays_open(tmp_path: Path) -> None:
    read, write = os.pipe()  # this process keeps the write end: only the parent's death can be noticed
    script = f"{' '.join(_COMMAND)} > {tmp_path / 'port'} & echo $!; wait"
    shell = subprocess.Popen(["/bin/sh", "-c", script], cwd=_PROJECT, stdin=read, stdout=subprocess.PIPE, text=True)
    try:
        assert shell.stdout is not None
        process = psutil.Process(int(shell.stdout.readline()))
        wait_for_text(tmp_path / "port")
        shell.kill()
        shell.wait()
        assert psutil.wait_procs([process], timeout=30)[1] == []
    finally:
        shell.kill()
        shell.wait()
        if shell.stdout is not None:
            shell.stdout.close()
        os.close(read)
        os.close(write)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_being_ended_with_a_command_running_ends_both(
    plugin: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    started = tmp_path / "started"
    script = f"echo $$ > {started}; exec sleep 300"
    with grpc.insecure_channel(f"127.0.0.1:{_port(plugin)}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        call = stub.Create.future(provider_pb2.CreateRequest(urn=_URN, properties=encode({"create": script})))
        sleeper = psutil.Process(int(wait_for_text(started)))
        os.killpg(plugin.pid, number)
        with pytest.raises(grpc.RpcError, match="was cancelled"):
            call.result(timeout=60)
    assert plugin.wait(30) == 0
    assert psutil.wait_procs([sleeper], timeout=30)[1] == []


def test_an_engine_that_cannot_be_reached_any_more_ends_the_plugin() -> None:
    engine = grpc.server(ThreadPoolExecutor(1))
    port = engine.add_insecure_port("127.0.0.1:0")
    engine.start()
    process = subprocess.Popen(
        [*_COMMAND, f"127.0.0.1:{port}"], cwd=_PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    try:
        _port(process)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(8)
        engine.stop(0).wait()
        assert process.wait(15) == 0
    finally:
        process.kill()
        process.communicate()
        engine.stop(0)


def test_a_message_larger_than_grpcs_default_passes(plugin: subprocess.Popen[str]) -> None:
    unlimited = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(f"127.0.0.1:{_port(plugin)}", options=unlimited) as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        request = provider_pb2.CheckRequest(urn=_URN, news=encode({"stdin": "x" * 20_000_000}))
        assert stub.Check(request).inputs.ByteSize() > 20_000_000


def test_a_running_command_gets_its_chance_and_its_group_ends(plugin: subprocess.Popen[str], tmp_path: Path) -> None:
    """The script notices SIGTERM and leaves a mark; its children go with it; the plugin still answers."""
    mark, started = tmp_path / "mark", tmp_path / "started"
    script = f"trap 'touch {mark}; exit 1' TERM; sleep 300 & echo $! > {started}; wait"
    with grpc.insecure_channel(f"127.0.0.1:{_port(plugin)}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        call = stub.Create.future(provider_pb2.CreateRequest(urn=_URN, properties=encode({"create": script})))
        sleeper = psutil.Process(int(wait_for_text(started)))
        stub.Cancel(empty_pb2.Empty())
        with pytest.raises(grpc.RpcError, match="was cancelled"):
            call.result(timeout=60)
    assert mark.exists()
    assert psutil.wait_procs([sleeper], timeout=30)[1] == []
