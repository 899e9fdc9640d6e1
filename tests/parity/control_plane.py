"""A real API server with the controllers that need no node: etcd, kube-apiserver, kube-controller-manager.

Everything listens on free loopback ports and lives in one folder; nothing else on the machine is touched.
"""

__all__ = ["ControlPlane"]

import contextlib
import json
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from core.command import Command
from core.errors import CommandFailedError, SptFlowError
from tests.support.free_ports import free_ports

_START_SECONDS = 60.0
_STOP_SECONDS = 15.0


class ControlPlane:
    """Starts with the block and is gone when it ends; `kubeconfig` is a file with full rights, context `parity`."""

    def __init__(self, folder: Path, tools: Path | None = None) -> None:
        self.folder = folder
        self.kubeconfig = folder / "kubeconfig"
        self._path = (tools,) if tools else ()
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def kubectl(self, *args: str, stdin: str | None = None, check: bool = True) -> str:
        """Run kubectl with full rights; return what it printed."""
        tool = Command("kubectl", path=self._path)
        return tool.run("--kubeconfig", str(self.kubeconfig), *args, stdin=stdin, check=check, timeout=60).stdout

    def apply(self, *objects: dict[str, Any], manager: str = "kubectl") -> None:
        """Apply objects server-side, taking over fields from other managers."""
        text = yaml.safe_dump_all(objects)
        self.kubectl("apply", "--server-side", "--force-conflicts", f"--field-manager={manager}", "-f", "-", stdin=text)

    def get(self, *args: str) -> dict[str, Any] | None:
        """Return one object, or None when there is none."""
        text = self.kubectl("get", *args, "--ignore-not-found", "--output", "json")
        found: dict[str, Any] | None = json.loads(text) if text.strip() else None
        return found

    def stop(self) -> None:
        """End every process, last started first."""
        for process in reversed(self._processes):
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()
        shutil.rmtree(self.folder / "etcd", ignore_errors=True)

    def _start(self) -> None:
        client, peer, api, manager = free_ports(4)
        token = secrets.token_hex(16)
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        signing = self._private("service-account.key", _pem(key))
        tokens = self._private("tokens.csv", f"{token},admin,admin,system:masters\n")
        self._private("kubeconfig", _kubeconfig(api, token))
        etcd, peers = f"http://127.0.0.1:{client}", f"http://127.0.0.1:{peer}"
        self._run(
            "etcd",
            f"--data-dir={self.folder / 'etcd'}",
            f"--listen-client-urls={etcd}",
            f"--advertise-client-urls={etcd}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=default={peers}",
            "--unsafe-no-fsync",
        )
        self._run(
            "kube-apiserver",
            f"--etcd-servers={etcd}",
            "--bind-address=127.0.0.1",
            f"--secure-port={api}",
            f"--cert-dir={self.folder / 'certificates'}",
            f"--service-account-key-file={signing}",
            f"--service-account-signing-key-file={signing}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--token-auth-file={tokens}",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.96.0.0/16",
        )
        self._await("/readyz")
        self._run(
            "kube-controller-manager",
            f"--kubeconfig={self.kubeconfig}",
            f"--service-account-private-key-file={signing}",
            "--bind-address=127.0.0.1",
            f"--secure-port={manager}",
            f"--cert-dir={self.folder / 'certificates'}",
            "--leader-elect=false",
        )
        self._await("/api/v1/namespaces/default/serviceaccounts/default")

    def _private(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        return path

    def _run(self, program: str, *args: str) -> None:
        # With setpriv the process cannot outlive the test run, even a killed one.
        command = Command(program, path=self._path)
        with (self.folder / f"{program}.log").open("wb") as log:
            guarded = Command("setpriv").start("--pdeathsig", "TERM", "--", command.locate(), *args, output=log)
        self._processes.append(guarded)

    def _await(self, path: str) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            for process in self._processes:
                if process.poll() is not None:
                    raise SptFlowError(f"A process ended with {process.returncode}; its log is in {self.folder}.")
            with contextlib.suppress(CommandFailedError):
                self.kubectl("get", "--raw", path)
                return
            time.sleep(0.1)
        raise SptFlowError(f"The API server did not answer '{path}' within {_START_SECONDS:g} s.")


def _pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()


def _kubeconfig(port: int, token: str) -> str:
    name = "parity"
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {"name": name, "cluster": {"server": f"https://127.0.0.1:{port}", "insecure-skip-tls-verify": True}}
            ],
            "users": [{"name": name, "user": {"token": token}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
    )
