"""The entry point of every edition: listen, tell the engine where, serve until the engine is done."""

__all__ = ["make_server", "serve"]

import asyncio
import contextlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import grpc.aio

from lab.plugins.protocol.host import Host
from lab.plugins.protocol.lifeline import Lifeline
from lab.plugins.protocol.provider import Provider
from lab.plugins.protocol.service import ProviderService
from lab.plugins.protocol.stubs import provider_pb2_grpc

_BLOCKING_CALLS = 64
_LARGEST_MESSAGE_BYTES = 400 * 1024 * 1024  # the engine's own limit
# The engine kills a plugin that is still there after 5 s.
_GRACE_SECONDS = 4.0


def serve(provider: Provider, version: str) -> None:
    """Serve `provider` on a free loopback port, which is printed on stdout; never returns.

    The process ends when the engine asks or is gone. Operations that still run then are cancelled and get 4 s.
    """
    asyncio.run(_serve(provider, version))


def make_server(provider: Provider, version: str) -> tuple[grpc.aio.Server, ProviderService, int]:
    """Return a server for `provider`, which has its host, with its service and its free loopback port; not started."""
    service = ProviderService(provider, version)
    server = grpc.aio.server(
        options=[
            ("grpc.max_receive_message_length", _LARGEST_MESSAGE_BYTES),
            ("grpc.max_send_message_length", _LARGEST_MESSAGE_BYTES),
        ]
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(service, server)
    return server, service, server.add_insecure_port("127.0.0.1:0")


async def _serve(provider: Provider, version: str) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_BLOCKING_CALLS, thread_name_prefix="blocking"))
    provider.host = Host(sys.argv[1] if len(sys.argv) > 1 else None)
    server, service, port = make_server(provider, version)
    async with Lifeline() as lifeline:
        await server.start()
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        lost = asyncio.create_task(_watch(provider.host, lifeline))
        await lifeline.ended.wait()
        lost.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_SECONDS):
                await service.stop_waiting()
                await service.idle.wait()
        # Answers on their way out still reach the engine; it is waiting for them only if it is there.
        await server.stop(grace=0.0)
    # Not sys.exit: that would wait for blocking calls that nobody needs any more.
    os._exit(0)


async def _watch(host: Host, lifeline: Lifeline) -> None:
    """End when the engine cannot be reached: the case where a wrapper hides its death from the lifeline."""
    await host.lost()
    lifeline.ended.set()
