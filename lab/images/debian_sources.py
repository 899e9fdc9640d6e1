"""Where this machine gets Debian from, told to an apt that works on the file system of an image."""

__all__ = ["SUITE", "write_apt_files"]

import re
import shutil
from pathlib import Path

from core.command import Command
from core.errors import SptFlowError

SUITE = "bookworm"
"""Code name of the Debian release, 12, that the images are made of, whatever this machine runs."""

_NETWORK_OPTION = re.compile(
    r"Acquire::(https?|ftp|mirror|Retries|ForceIPv[46]|Queue-Mode|proxy|source)\b", re.IGNORECASE
)
_KEYS = (Path("/etc/apt/trusted.gpg.d"), Path("/etc/apt/keyrings"), Path("/usr/share/keyrings"))
_TARGETS = ("indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages")


def write_apt_files(folder: Path, *, lists: Path, os_release: Path = Path("/etc/os-release")) -> None:
    """Write apt.conf, network.conf, sources.list and keys/ into `folder`; package lists are kept in `lists`.

    Addresses, proxies and keys are those of this machine's own apt; everything else of its configuration stays out.
    """
    (folder / "sources.list").write_text(_sources(os_release), encoding="utf-8")
    keys = folder / "keys"
    keys.mkdir()
    for source in _KEYS:
        for key in [*source.glob("debian-archive-*"), *source.glob("*.asc"), *source.glob("*.gpg")]:
            shutil.copyfile(key, keys / key.name)
    (folder / "state").mkdir()
    options = {
        "Dir::Etc::main": "/dev/null",
        "Dir::Etc::parts": "/dev/null",
        "Dir::Etc::sourcelist": f"{folder}/sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::Etc::trustedparts": f"{keys}",
        "Dir::State": f"{folder}/state",
        "Dir::State::lists": f"{lists}",
        "Dir::Cache": f"{folder}/cache",
    }
    network = _network_options()
    for name, text in (("network.conf", network), ("apt.conf", network + _lines(options))):
        # A proxy's address may carry a password.
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(text, encoding="utf-8")


def _network_options() -> str:
    dump = Command("apt-config").run("dump", "Acquire").stdout
    found = [line for line in dump.splitlines() if _NETWORK_OPTION.match(line)]
    own = {"APT::Sandbox::User": "root", "Acquire::Languages": "none", "Acquire::Retries": "3"}
    return "\n".join(found) + "\n" + _lines(own)


def _lines(options: dict[str, str]) -> str:
    return "".join(f'{name} "{value}";\n' for name, value in options.items())


def _sources(os_release: Path) -> str:
    machine = _code_name(os_release)
    lines = set()
    for line in Command("apt-get").run(*_TARGETS).stdout.splitlines():
        address, _, rest = line.partition(" ")
        suite, _, component = rest.partition(" ")
        aliases = {machine, "stable"}
        base, mark, pocket = suite.partition("/") if "/" in suite else suite.partition("-")
        if component == "main" and base in aliases and pocket in {"", "updates", "security"}:
            lines.add(f"deb {address} {SUITE}{mark}{pocket} main")
    if not any(line.endswith(f" {SUITE} main") for line in lines):
        raise SptFlowError(
            f"The lab's images are made of Debian, and apt of this machine knows no archive with a release "
            f"'{machine}' that has the component 'main': add one to /etc/apt/sources.list.",
            next_command="apt-get update",
        )
    return "\n".join(sorted(lines)) + "\n"


def _code_name(os_release: Path) -> str:
    found = re.search(r"^VERSION_CODENAME=(\w+)$", os_release.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else "stable"
