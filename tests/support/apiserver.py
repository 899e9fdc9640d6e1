"""A real Kubernetes API without nodes: etcd, kube-apiserver and kube-controller-manager on loopback ports of their own.

Objects are stored, validated, defaulted, garbage-collected and reconciled; pods stay Pending, unless a test writes
their status.
"""

__all__ = ["ApiServer", "apiserver", "find_binaries", "running_beside"]

import base64
import json
import os
import secrets
import shutil
import signal
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.free_ports import free_ports

_PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager")
_START_SECONDS = 60.0


@dataclass(frozen=True)
class ApiServer:
    """Where the API is; `kubeconfig` is a file that gives every right there."""

    server: str
    token: str
    kubeconfig: Path
    authority: Path

    def request(self, method: str, path: str, body: object = None, content_type: str = "application/json") -> Any:  # noqa: ANN401 - whatever JSON the API server answers
        """Ask the API by other means than the code under test."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": content_type}
        request = urllib.request.Request(self.server + path, data, headers, method=method)  # noqa: S310 - always https
        context = ssl.create_default_context(cafile=str(self.authority))
        with urllib.request.urlopen(request, context=context, timeout=30) as answer:  # noqa: S310 - as above
            return json.loads(answer.read() or b"{}")


def find_binaries(programs: Sequence[str] = _PROGRAMS) -> dict[str, str] | str:
    """Return where the programs are, or why there are none, as a sentence."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "spt-flow" / "bin"
    folders = [os.environ.get("SPT_FLOW_TOOLCHAIN_BIN", ""), str(cache), os.environ.get("PATH", os.defpath)]
    search = os.pathsep.join(folder for folder in folders if folder)
    found = {program: shutil.which(program, path=search) for program in programs}
    missing = [program for program, path in found.items() if path is None]
    if missing:
        return f"no {', '.join(missing)}: neither in the toolchain nor on PATH"
    return {program: path for program, path in found.items() if path is not None}


class _Processes:
    """Programs that end with the tests, also when the tests are killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, *command: str) -> None:
        log = (self._folder / f"{name}.log").open("wb")
        with log:
            self._running.append(
                subprocess.Popen(
                    ["setpriv", "--pdeathsig", "KILL", "--", *command],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )

    def failed(self) -> str | None:
        """Return the log's last lines of a program that has ended."""
        for process in self._running:
            if process.poll() is not None:
                name = Path(str(process.args[4])).name if isinstance(process.args, list) else "program"
                lines = (self._folder / f"{name}.log").read_text(errors="replace").splitlines()[-5:]
                return f"{name} ended with exit code {process.returncode}: " + " | ".join(lines)
        return None

    def stop(self) -> None:
        for process in reversed(self._running):
            process.send_signal(signal.SIGKILL)
            process.wait(10)


def _write_key(folder: Path) -> tuple[Path, Path]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private, public = folder / "service-account.key", folder / "service-account.pub"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    public.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return private, public


def _write_kubeconfig(path: Path, server: str, token: str, authority: Path) -> None:
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "clusters": [
            {
                "name": "test",
                "cluster": {
                    "server": server,
                    "certificate-authority-data": base64.b64encode(authority.read_bytes()).decode(),
                },
            }
        ],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
        "users": [{"name": "test", "user": {"token": token}}],
    }
    path.write_text(json.dumps(config), encoding="utf-8")
    path.chmod(0o600)


def _wait_until_answered(server: ApiServer, path: str, processes: _Processes) -> None:
    """Wait until there is an object at `path`."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if reason := processes.failed():
            pytest.fail(reason)
        try:
            server.request("GET", path)
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"the API server was not ready after {_START_SECONDS:g} s")


@contextmanager
def running_beside(folder: Path, program: str, *args: str) -> Iterator[None]:
    """Run one more program for the block, with its log in `folder`; the test is skipped where there is none."""
    binaries = find_binaries([program])
    if isinstance(binaries, str):
        pytest.skip(binaries)
    processes = _Processes(folder)
    processes.start(program, binaries[program], *args)
    try:
        yield
        if reason := processes.failed():
            pytest.fail(reason)
    finally:
        processes.stop()


@pytest.fixture(scope="session")
def apiserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """Yield a cluster without nodes that only this test run uses, or skip."""
    with running_apiserver(tmp_path_factory.mktemp("apiserver")) as server:
        yield server


@contextmanager
def running_apiserver(folder: Path, *arguments: str) -> Iterator[ApiServer]:
    """Run a cluster without nodes for the block, with its files in `folder`, or skip.

    `arguments` are further ones of the API server.
    """
    binaries = find_binaries()
    if isinstance(binaries, str):
        pytest.skip(binaries)
    client, peer, port, manager = free_ports(4)
    token = secrets.token_hex(16)
    private, public = _write_key(folder)
    (folder / "tokens.csv").write_text(f'{token},admin,admin,"system:masters"\n', encoding="utf-8")
    authority = folder / "certificates" / "apiserver.crt"
    server = ApiServer(f"https://127.0.0.1:{port}", token, folder / "kubeconfig", authority)
    processes = _Processes(folder)
    try:
        processes.start(
            "etcd",
            binaries["etcd"],
            f"--data-dir={folder / 'etcd'}",
            f"--listen-client-urls=http://127.0.0.1:{client}",
            f"--advertise-client-urls=http://127.0.0.1:{client}",
            f"--listen-peer-urls=http://127.0.0.1:{peer}",
            "--unsafe-no-fsync",
        )
        processes.start(
            "kube-apiserver",
            binaries["kube-apiserver"],
            f"--etcd-servers=http://127.0.0.1:{client}",
            "--bind-address=127.0.0.1",
            f"--secure-port={port}",
            f"--cert-dir={authority.parent}",
            "--authorization-mode=RBAC",
            # As a real cluster has it: privileged pods are for policies to refuse.
            "--allow-privileged=true",
            # Without it 1.34 forgets such volumes before anything can judge them; later versions have them.
            "--feature-gates=ImageVolume=true",
            f"--token-auth-file={folder / 'tokens.csv'}",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={public}",
            f"--service-account-signing-key-file={private}",
            "--endpoint-reconciler-type=none",
            "--watch-cache=true",
            *arguments,
        )
        # The manager gives up if the API server takes more than some seconds. An answer also says that the authority's
        # file, which the server writes as it starts, is whole.
        _wait_until_answered(server, "/api/v1/namespaces/kube-system", processes)
        _write_kubeconfig(server.kubeconfig, server.server, token, authority)
        processes.start(
            "kube-controller-manager",
            binaries["kube-controller-manager"],
            f"--kubeconfig={server.kubeconfig}",
            f"--service-account-private-key-file={private}",
            f"--root-ca-file={authority}",
            "--use-service-account-credentials=true",
            "--leader-elect=false",
            "--bind-address=127.0.0.1",
            f"--secure-port={manager}",
            f"--cert-dir={folder / 'manager'}",
            "--namespace-sync-period=2s",
        )
        _wait_until_answered(server, "/api/v1/namespaces/default/serviceaccounts/default", processes)
        yield server
    finally:
        processes.stop()
