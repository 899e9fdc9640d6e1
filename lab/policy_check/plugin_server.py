"""Our plugin editions served from this process: the engine attaches to them instead of starting a program for each."""

__all__ = ["serve_plugins"]

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc.aio

from lab.plugins.installation import EDITIONS
from lab.plugins.protocol.host import Host
from lab.plugins.protocol.provider import Provider
from lab.plugins.protocol.server import make_server

_BLOCKING_CALLS = 16
_START_SECONDS = 30.0


@contextmanager
def serve_plugins(providers: Sequence[Provider]) -> Iterator[dict[str, str]]:
    """Serve the providers for the block, and yield the environment in which an engine attaches to them."""
    started: ThreadPoolExecutor
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="plugins", daemon=True)
    thread.start()
    with ThreadPoolExecutor(_BLOCKING_CALLS, thread_name_prefix="blocking") as started:
        loop.call_soon_threadsafe(loop.set_default_executor, started)
        opened = asyncio.run_coroutine_threadsafe(_open(providers), loop).result(_START_SECONDS)
        ports = ",".join(f"{name}:{port}" for name, (_, port) in opened.items())
        try:
            yield {"PULUMI_DEBUG_PROVIDERS": ports}
        finally:
            closing = asyncio.run_coroutine_threadsafe(_close([server for server, _ in opened.values()]), loop)
            closing.result(_START_SECONDS)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(_START_SECONDS)


async def _open(providers: Sequence[Provider]) -> dict[str, tuple[grpc.aio.Server, int]]:
    opened = {}
    for provider in providers:
        provider.host = Host(None)
        server, _, port = make_server(provider, EDITIONS[provider.name])
        await server.start()
        opened[provider.name] = (server, port)
    return opened


async def _close(servers: Sequence[grpc.aio.Server]) -> None:
    for server in servers:
        await server.stop(grace=0.0)
