"""Cloning what the start script could not: with the user's own login, lent for as long as the clone takes."""

__all__ = ["clone_with_lent_credentials", "require_clones"]

from typing import Final

from sptcoder.cli.phases import Phases
from sptcoder.connection.lending import lent_git_credentials
from sptcoder.connection.ssh_words import sh_text
from sptcoder.connection.target import Target
from sptcoder.connection.tunnel import open_tunnel
from sptcoder.session import Session
from sptcoder.workspaces.log_lines import clone_refusal
from sptcoder.workspaces.start_failures import CloneRefusedError
from sptcoder.workspaces.up_request import UpRequest, UpResult

_SECONDS: Final = 3600.0

# Addresses and branches come by stdin: none of them is ever part of a command.
_SCRIPT: Final = """\
failed=0
while IFS= read -r url && IFS= read -r branch; do
    name=${url%/}
    name=${name%.git}
    target=$HOME/${name##*/}
    if [ -d "$target" ] && [ -n "$(ls -A "$target")" ]; then continue; fi
    GIT_TERMINAL_PROMPT=0 git clone --quiet ${branch:+--branch "$branch"} -- "$url" "$target" </dev/null || failed=1
done
exit "$failed"
"""


def require_clones(result: UpResult, *, link: str) -> None:
    """Raise CloneRefusedError if the start script says that a repository could not be cloned; `link` is what helps."""
    refused = clone_refusal(result.warnings)
    if refused is not None:
        raise CloneRefusedError(
            f"The workspace '{result.workspace.name}' runs without its repository: {refused.text}", next_command=link
        )


def clone_with_lent_credentials(session: Session, request: UpRequest, result: UpResult, phases: Phases) -> None:
    """Clone the repositories that are not there yet; raise CloneRefusedError with git's words if one is refused too."""
    workspace = result.workspace
    if clone_refusal(result.warnings) is None:
        return
    with phases.phase("Clone") as phase:
        tunnel = open_tunnel(session, Target(workspace.name, workspace), phase.log)
        with lent_git_credentials(tunnel, phase.log):
            branches = [request.branch or "", *("" for _ in request.repositories[1:])]
            lines = [
                f"{repository.url}\n{branch}\n"
                for repository, branch in zip(request.repositories, branches, strict=True)
            ]
            done = tunnel.run(sh_text(_SCRIPT), stdin="".join(lines), timeout=_SECONDS)
        if done.returncode != 0:
            said = " ".join(done.stderr.split()) or "git gives no reason"
            raise CloneRefusedError(
                f"The workspace '{workspace.name}' runs without its repository: {said}",
                next_command=f"sptcoder ssh {workspace.name} --lend-git-credentials, and git clone there",
            )
        phase.say("with your own login; the repository's setup script runs at the next start")
