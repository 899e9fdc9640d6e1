"""The policy pack served from this process: the engine is handed a running analyzer instead of one to start."""

__all__ = ["serve_pack"]

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi_policy import EnforcementLevel, Policy
from pulumi_policy.policy import _PolicyAnalyzerServicer

from policies.pack import NAME
from policies.secret_values.marks import keep_marks
from policies.shared_properties import share_properties

# As many as the SDK's own server has.
_THREADS: Final = 4
_LARGEST_MESSAGE_BYTES: Final = 400 * 1024 * 1024
_VERSION: Final = "0.0.1"  # PulumiPolicy.yaml names the one that is shown
_LAUNCHER: Final = """#!/bin/sh
# The pack runs already: say where, and be there until the engine ends this.
echo {port}
exec setpriv --pdeathsig KILL -- sleep infinity
"""


@contextmanager
def serve_pack(policies: Sequence[Policy], launchers: Path) -> Iterator[None]:
    """Serve policies for the block, by the SDK's own service, and let the engine find them by a launcher on its PATH.

    `launchers` is the folder whose `bin` is on that PATH.
    """
    keep_marks()
    share_properties()
    server = grpc.server(
        ThreadPoolExecutor(_THREADS), options=[("grpc.max_receive_message_length", _LARGEST_MESSAGE_BYTES)]
    )
    servicer = _PolicyAnalyzerServicer(NAME, _VERSION, list(policies), EnforcementLevel.MANDATORY, {})
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    path = launchers / "bin" / "pulumi-analyzer-policy-python"
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o700)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(_LAUNCHER.format(port=port))
    server.start()
    try:
        yield
    finally:
        server.stop(grace=None)
