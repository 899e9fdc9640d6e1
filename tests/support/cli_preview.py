"""`pulumi preview --json` of an inline program: the official CLI's own output, where the language host is missing."""

__all__ = ["cli_preview", "served_program"]

import contextlib
import json
import subprocess
from collections.abc import Callable, Iterator
from concurrent import futures
from typing import Any

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2_grpc

from tests.support.pulumi_engine import PulumiEngine


@contextlib.contextmanager
def served_program(program: Callable[[], None]) -> Iterator[list[str]]:
    """Serve a program as a language host does; yield the arguments by which the CLI finds it."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    host = LanguageServer(program)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield [f"--client=127.0.0.1:{port}", "--exec-kind", "auto.inline"]
    finally:
        server.stop(0)


def cli_preview(engine: PulumiEngine, program: Callable[[], None], *options: str) -> dict[str, Any]:
    """Return what the CLI prints for the engine's stack; a failed preview prints its document too."""
    workspace = engine.stack(program).workspace
    with served_program(program) as client:
        done = subprocess.run(
            [str(engine.cli), "preview", "--stack", "test", "--json", "--non-interactive", *options, *client],
            cwd=workspace.work_dir,
            env={
                "PATH": "/usr/bin:/bin",
                "PULUMI_DEBUG_COMMANDS": "true",
                "PULUMI_HOME": str(workspace.pulumi_home),
                **workspace.env_vars,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.stdout, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document
