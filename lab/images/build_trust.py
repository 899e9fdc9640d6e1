"""How this machine reaches package registries, as a folder that steps of an image's build see and no layer keeps."""

__all__ = ["write_build_trust"]

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from core.command import Command
from core.errors import SptFlowError
from lab.images.parts import CERTIFICATES
from lab.toolchain.golang import GoCompiler

_VARIABLES: Final = (
    *("GONOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE"),
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "npm_config_registry"),
    *("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
)
"""Addresses that are handed on; images/workspace/with-trust.sh takes these and no others."""

_PIP_SETTINGS: Final = {
    "index-url": "PIP_INDEX_URL",
    "extra-index-url": "PIP_EXTRA_INDEX_URL",
    "trusted-host": "PIP_TRUSTED_HOST",
}
_NPM_LINE: Final = re.compile(r"^\s*(@[\w.-]+:)?registry\s*=|^\s*//\S+?:_?\w+\s*=")
_CARGO_TABLE: Final = re.compile(r"^\s*\[(?P<table>[^\]]+)\]")
_PROXY_OPTION: Final = re.compile(r"^Acquire::(https?|ftp)::(proxy|.*::proxy)\b", re.IGNORECASE)


def write_build_trust(folder: Path, *, home: Path | None = None, environment: Mapping[str, str] = os.environ) -> None:
    """Write certificates and registry settings of this machine into `folder`, readable by its owner only.

    With them go only addresses, and what is needed to be let in there; nothing that changes what a program does.
    """
    home = home or Path.home()
    certificates = Path(environment.get("SSL_CERT_FILE") or CERTIFICATES)
    folder.mkdir(mode=0o700, exist_ok=True)
    files = {
        "environment": _environment(environment),
        "npmrc": _lines_of(home / ".npmrc", _NPM_LINE),
        "cargo.toml": _cargo(home / ".cargo" / "config.toml"),
        "apt.conf": _apt(),
    }
    if certificates.is_file():
        shutil.copyfile(certificates, folder / "ca.pem")
    for name, text in files.items():
        if text:
            (folder / name).touch(mode=0o600)
            (folder / name).write_text(text, encoding="utf-8")


def _environment(environment: Mapping[str, str]) -> str:
    chosen = {"GOPROXY": GoCompiler.of_this_environment().proxy()}
    chosen |= _pip_settings()
    chosen |= {name: environment[name] for name in _VARIABLES if environment.get(name)}
    return "".join(f"{name}={value}\n" for name, value in sorted(chosen.items()) if "\n" not in value)


def _pip_settings() -> dict[str, str]:
    try:
        listed = Command("python3").run("-m", "pip", "config", "list", check=False).stdout
    except SptFlowError:
        return {}
    found = {}
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        variable = _PIP_SETTINGS.get(name.rpartition(".")[2])
        if variable is not None and name.startswith(("global.", "install.")):
            found[variable] = value.strip("'\"")
    return found


def _lines_of(file: Path, kept: re.Pattern[str]) -> str:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    return "".join(f"{line}\n" for line in lines if kept.match(line))


def _cargo(file: Path) -> str:
    """Return the tables of a cargo configuration that say where crates come from."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    kept: list[str] = []
    inside = False
    for line in lines:
        table = _CARGO_TABLE.match(line)
        if table is not None:
            inside = table["table"].split(".")[0].strip() in {"source", "registry", "registries"}
        if inside:
            kept.append(f"{line}\n")
    return "".join(kept)


def _apt() -> str:
    dump = Command("apt-config").run("dump", "Acquire").stdout
    return "".join(f"{line}\n" for line in dump.splitlines() if _PROXY_OPTION.match(line))
