"""Every check, in the order they are listed and begun: what takes longest comes first."""

__all__ = ["all_checks"]

from collections.abc import Sequence

from validate.build_report import BuildReport
from validate.check import Check
from validate.checks.account import HOME, KVM_GROUP, SUDO, USER, ZSH
from validate.checks.assistants import CLAUDE, CLAUDE_FLOW, agent_checks
from validate.checks.code_server import CODE_SERVER, extension_checks
from validate.checks.docker import DOCKER, DOCKERD
from validate.checks.gh import GH
from validate.checks.git import GIT
from validate.checks.go import GO
from validate.checks.gpg import GPG
from validate.checks.kubectl import KUBECTL
from validate.checks.node import NODE
from validate.checks.programs import PROGRAMS
from validate.checks.python import PYTHON
from validate.checks.rust import RUST, WASM
from validate.checks.surroundings import AGENT, DOTFILES, report_check
from validate.checks.terminals import DIRENV, SUPERVISOR, TMUX
from validate.checks.virtualization import FIRECRACKER, KVM, KVM_OK, QEMU

_LANGUAGES = (GO, RUST, WASM, PYTHON, NODE)
_TOOLS = (GIT, GH, GPG, KUBECTL, DOCKER, DOCKERD, TMUX, DIRENV, SUPERVISOR, CLAUDE, CLAUDE_FLOW, *PROGRAMS)
_ACCOUNT = (USER, HOME, SUDO, ZSH, KVM_GROUP)
_MACHINES = (KVM, KVM_OK, QEMU, FIRECRACKER)
_WORKSPACE = (AGENT, DOTFILES)


def all_checks(report: BuildReport) -> Sequence[Check]:
    """Return the checks, the one of the report itself among them."""
    checks = (
        *_LANGUAGES,
        CODE_SERVER,
        *extension_checks(report),
        *agent_checks(report),
        *_TOOLS,
        *_ACCOUNT,
        *_MACHINES,
        *_WORKSPACE,
    )
    return (report_check(report, checks), *checks)
