"""A real nginx with a site of ours, and clients that find its host name: Debian's, from `make test-packages`."""

__all__ = ["Authority", "Nginx", "running_nginx", "with_hosts"]

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.support.patience import wait_until

_SEARCH: Final = "/usr/sbin:/usr/bin"
_CONFIG: Final = """\
daemon off;
worker_processes 1;
user root;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{}}
http {{
    log_format access escape=json '{{"host":"$host","status":$status,"scheme":"$scheme","upgrade":"$http_upgrade"}}';
    access_log {folder}/access.log access;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    # As beside other sites: a name that the site does not claim is not its.
    server {{
        listen {address}:80 default_server;
        listen {address}:443 ssl default_server;
        ssl_reject_handshake on;
        return 444;
    }}
    include {folder}/site.conf;
}}
"""


class Authority:
    """An authority of a test, in files of a folder: `bundle` is what clients trust."""

    def __init__(self, folder: Path, hosts: Sequence[str]) -> None:
        """Issue one certificate for the hosts, wildcards among them."""
        self.bundle, self.certificate, self.key = folder / "ca.pem", folder / "server.pem", folder / "server.key"
        root_key, leaf_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of a test")])
        leaf_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "entry of a test")])
        root = _builder(root_name, root_name, root_key).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        leaf = (
            _builder(leaf_name, root_name, leaf_key)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        )
        for path, one in ((self.bundle, root), (self.certificate, leaf)):
            path.write_bytes(one.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        self.key.write_bytes(
            leaf_key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )


@dataclass(frozen=True)
class Nginx:
    """A running server; its files are in `folder`."""

    folder: Path

    def quiet_connections_ended(self) -> int:
        """Return how many connections it has ended because they were quiet for too long."""
        return (self.folder / "error.log").read_text(encoding="utf-8").count("upstream timed out")

    def requests(self) -> list[dict[str, object]]:
        """Return host, status, scheme and wished upgrade of each request that has ended."""
        lines = (self.folder / "access.log").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


@contextmanager
def running_nginx(folder: Path, site: str, address: str) -> Iterator[Nginx]:
    """Run nginx with the site for the block; the test is skipped where there is none."""
    program = shutil.which("nginx", path=_SEARCH)
    if program is None:
        pytest.skip("no nginx: make test-packages installs it")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.conf").write_text(site, encoding="utf-8")
    (folder / "nginx.conf").write_text(_CONFIG.format(folder=folder, address=address), encoding="utf-8")
    arguments = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    checked = subprocess.run([*arguments, "-t"], capture_output=True, text=True, check=False, timeout=30)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr, checked.stderr
    process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", "--", *arguments], stdin=subprocess.DEVNULL)
    try:
        _wait(process, folder, address)
        yield Nginx(folder)
    finally:
        process.terminate()
        process.wait(20)


def _wait(process: "subprocess.Popen[bytes]", folder: Path, address: str) -> None:
    def listens() -> bool:
        assert process.poll() is None, (folder / "error.log").read_text(encoding="utf-8")
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex((address, 443)) == 0

    wait_until(listens, seconds=90)


def with_hosts(folder: Path, address: str, names: Sequence[str], argv: Sequence[str]) -> list[str]:
    """Return the command so that it finds the names at the address, as if they were in the public DNS.

    It has a mount namespace with another /etc/hosts: this machine's stays as it is. Needs root.
    """
    hosts = folder / "hosts"
    hosts.write_text(f"127.0.0.1 localhost\n{address} {' '.join(names)}\n", encoding="utf-8")
    script = 'mount --bind "$0" /etc/hosts && exec "$@"'
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, str(hosts), *argv]
