"""How a remote chart is named and reached. Credentials go to helm by private files, never by its command line."""

__all__ = ["ChartReference", "access_arguments"]

import base64
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from core.command import Command
from core.errors import CommandFailedError, SptFlowError

_OCI = "oci://"
_EXACT = re.compile(r"v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_REPOSITORY_NAME = "release"
_UPDATE_SECONDS = 120.0


@dataclass(frozen=True)
class ChartReference:
    """What a program says about its chart. `repository` is a URL or "", the files are paths or ""."""

    chart: str
    version: str = ""
    devel: bool = False
    verify: bool = False
    keyring: str = ""
    repository: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""

    @classmethod
    def of(cls, inputs: Mapping[str, Any]) -> "ChartReference":
        """Return the reference in a release's inputs, which hold no Secret and no UNKNOWN any more."""
        options = inputs.get("repositoryOpts") or {}
        chart, repository = str(inputs.get("chart") or "").strip(), str(options.get("repo") or "")
        if chart.startswith(_OCI):
            repository = ""
        elif repository and not urlsplit(repository).scheme:
            # The name of a repository this user added to helm.
            chart, repository = chart if "/" in chart else f"{repository}/{chart}", ""
        return cls(
            chart=chart,
            version=str(inputs.get("version") or "").strip(),
            devel=bool(inputs.get("devel")),
            verify=bool(inputs.get("verify")),
            keyring=str(inputs.get("keyring") or ""),
            repository=repository,
            username=str(options.get("username") or ""),
            password=str(options.get("password") or ""),
            ca_file=str(options.get("caFile") or ""),
            cert_file=str(options.get("certFile") or ""),
            key_file=str(options.get("keyFile") or ""),
        )

    @property
    def constraint(self) -> str:
        """The version constraint for helm; "" means the newest stable version."""
        return self.version or (">0.0.0-0" if self.devel else "")

    @property
    def exact(self) -> bool:
        """Whether the version names one archive for good, so that a cached one will do; verified charts never."""
        return _EXACT.fullmatch(self.version) is not None and not self.verify

    @property
    def digest(self) -> str:
        """The name of the chart's place in the cache."""
        return hashlib.sha256(json.dumps([self.repository, self.chart, self.constraint]).encode()).hexdigest()[:32]


@contextmanager
def access_arguments(reference: ChartReference, helm: Command) -> Iterator[tuple[str, list[str]]]:
    """Yield the chart's name for `helm pull` and the arguments that lead there, good until the block ends."""
    with tempfile.TemporaryDirectory(prefix="helm-access-") as scratch:
        if reference.chart.startswith(_OCI):
            yield reference.chart, _registry_arguments(reference, Path(scratch))
        elif reference.repository:
            arguments = _repository_arguments(reference, Path(scratch))
            _update_index(reference, arguments, helm)
            yield f"{_REPOSITORY_NAME}/{reference.chart}", arguments
        else:
            yield reference.chart, []


def _update_index(reference: ChartReference, arguments: list[str], helm: Command) -> None:
    try:
        helm.run("repo", "update", *arguments, "--fail-on-repo-update-fail", timeout=_UPDATE_SECONDS)
    except CommandFailedError as error:
        # helm prints why among its progress, and on stderr only that something failed.
        lines = [line.strip() for line in error.stdout.splitlines()]
        causes = [line for line in lines if line and not line.startswith(("Hang tight", "..."))]
        cause = " ".join(causes) or error.message
        raise SptFlowError(f"The chart repository {reference.repository} cannot be read: {cause}") from None


def _registry_arguments(reference: ChartReference, scratch: Path) -> list[str]:
    arguments: list[str] = []
    for flag, value in (
        ("--ca-file", reference.ca_file),
        ("--cert-file", reference.cert_file),
        ("--key-file", reference.key_file),
    ):
        arguments += [flag, value] if value else []
    if reference.username and reference.password:
        host = reference.chart.removeprefix(_OCI).split("/", 1)[0]
        token = base64.b64encode(f"{reference.username}:{reference.password}".encode()).decode()
        config = _write(scratch / "registry.json", json.dumps({"auths": {host: {"auth": token}}}))
        arguments += ["--registry-config", str(config)]
    return arguments


def _repository_arguments(reference: ChartReference, scratch: Path) -> list[str]:
    entry = {
        "name": _REPOSITORY_NAME,
        "url": reference.repository,
        "username": reference.username,
        "password": reference.password,
        "caFile": reference.ca_file,
        "certFile": reference.cert_file,
        "keyFile": reference.key_file,
        "insecure_skip_tls_verify": False,
        "pass_credentials_all": False,
    }
    config = _write(scratch / "repositories.yaml", yaml.safe_dump({"apiVersion": "", "repositories": [entry]}))
    return ["--repository-config", str(config), "--repository-cache", str(scratch / "cache")]


def _write(path: Path, text: str) -> Path:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return path
