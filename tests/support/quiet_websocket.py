"""A websocket that is opened through an entry and on which nobody says anything: for how long it is left open."""

__all__ = ["seconds_until_closed"]

import base64
import secrets
import socket
import ssl
import time
from collections.abc import Mapping
from pathlib import Path

import ports


def seconds_until_closed(
    address: str, bundle: Path, host: str, path: str, *, most: float, headers: Mapping[str, str] | None = None
) -> float:
    """Open `wss://host/path` at the address, trusting `bundle` alone; return after how many seconds it was closed.

    That is `most` if nobody has closed it by then. What arrives is read, and not answered.
    """
    fields = {
        "Host": host,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(secrets.token_bytes(16)).decode(),
        **(headers or {}),
    }
    head = "\r\n".join([f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())])
    context = ssl.create_default_context(cafile=str(bundle))
    with (
        socket.create_connection((address, ports.HTTPS), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        secure.sendall(f"{head}\r\n\r\n".encode())
        answer = secure.recv(4096)
        assert answer.startswith(b"HTTP/1.1 101 "), answer
        return _read_until_closed(secure, most)


def _read_until_closed(connection: ssl.SSLSocket, most: float) -> float:
    began = time.monotonic()
    while (left := began + most - time.monotonic()) > 0:
        connection.settimeout(left)
        try:
            if not connection.recv(4096):
                return time.monotonic() - began
        except TimeoutError:
            break
        except OSError:
            return time.monotonic() - began
    return most
