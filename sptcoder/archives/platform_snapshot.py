"""Bringing a home back from the platform's own snapshots: who may work on the cluster can, others learn whom to ask.

A developer has no rights on the cluster, and gets none by this: what is done is done by the snapshots' own job, started
by a kubectl that somebody has signed in. A cluster that is not the platform's has no snapshot of such a claim: its name
is made of the workspace's id.
"""

__all__ = ["SOURCE", "PlatformRestore", "read_source"]

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from core.command import Command
from core.errors import CommandNotFoundError, CommandTimeoutError, SptFlowError, UsageError
from core.snapshot_job import run_snapshot_job
from sptcoder.api.models.workspace import Workspace

SOURCE: Final = "platform"
"""What `--from` begins with; `:` and a day or an id may follow."""

_LATEST: Final = "latest"
_JOBS: Final = "coder"
_VOLUME: Final = "volume"
_SECONDS: Final = 20.0


def read_source(text: str) -> str:
    """Return which snapshot `platform`, `platform:2026-11-22` or `platform:ID` mean; raise UsageError for others."""
    head, colon, which = text.partition(":")
    if head != SOURCE or (colon and not which):
        raise UsageError(
            f"'{text}' is nothing to restore from; allowed are platform, platform:latest, platform:DAY such as "
            "platform:2026-11-22, and platform:ID.",
            next_command="sptcoder restore --help",
        )
    return which or _LATEST


@dataclass(frozen=True)
class PlatformRestore:
    """A volume of a workspace to be made out of a snapshot; `server` is the address that others are asked about."""

    workspace: Workspace
    server: str
    source: str
    target: str = ""
    """Name of the claim that is made; empty for the workspace's own."""
    where: Sequence[str] = ()
    """Words that lead kubectl to another cluster than its own choice."""
    kubectl: Command = field(default_factory=lambda: Command("kubectl"))

    @property
    def claim(self) -> str:
        """Return the name of the workspace's claim, which the template tells, or else the usual one."""
        facts = (fact for item in self.workspace.latest_build.resources for fact in item.metadata)
        told = (fact.value for fact in facts if fact.key == _VOLUME and fact.value)
        return next(told, f"coder-{self.workspace.id}-home").rpartition("/")[2]

    def run(self, tell: Callable[[Mapping[str, Any]], None]) -> Mapping[str, Any]:
        """Have the cluster's own job restore the volume, and return what it says of that.

        Raise SptFlowError, with nothing changed: without rights on the cluster, with the words to ask for it; if there
        is no such snapshot; and if a volume of the name is there, which is never written to.
        """
        self._require_rights()
        said: list[Mapping[str, Any]] = []

        def keep(line: Mapping[str, Any]) -> None:
            said.append(line)
            tell(line)

        words = ["--claim", self.claim, "--from", self.source, *(("--to", self.target) if self.target else ())]
        is_success = run_snapshot_job(self.kubectl, self.where, "restore-home", *words, tell=keep)
        if not is_success:
            raise self._failure(said)
        return next((line for line in reversed(said) if line.get("event") == "restored"), {})

    def _require_rights(self) -> None:
        try:
            asked = self.kubectl.run(
                *(*self.where, "auth", "can-i", "create", "jobs.batch", "-n", _JOBS), check=False, timeout=_SECONDS
            )
        except CommandNotFoundError:
            raise self._refusal("there is no kubectl here") from None
        except CommandTimeoutError:
            raise self._refusal("the cluster of your kubeconfig does not answer") from None
        if asked.stdout.strip() == "yes":
            return
        if asked.stdout.strip().startswith("no"):
            raise self._refusal("your kubeconfig has no rights on it")
        reason = " ".join(asked.stderr.split()[-12:]).rstrip(".?!") or "kubectl gives no reason"
        raise self._refusal(f"the cluster of your kubeconfig cannot be asked: {reason}")

    def _refusal(self, reason: str) -> SptFlowError:
        words = f"make restore PVC={self.claim} FROM={self.source}{f' TO={self.target}' if self.target else ''}"
        return SptFlowError(
            f"A snapshot of the platform is brought back by whoever runs its cluster, and {reason}.",
            next_command=f"ask those who run {self.server} for: {words}",
        )

    def _failure(self, said: Sequence[Mapping[str, Any]]) -> SptFlowError:
        last: Mapping[str, Any] = next((line for line in reversed(said) if line.get("reason") or line.get("error")), {})
        reason = str(last.get("reason") or last.get("error") or "The job gave no reason.")
        own = f"{self.workspace.owner_name}/{self.workspace.name}"
        if "writes over nothing" in reason:
            # The job speaks of make, and this is another program.
            beside = f"sptcoder restore {own} --from {SOURCE}:{self.source} --to {self.claim}-restored"
            return UsageError(reason, next_command=beside)
        return SptFlowError(f"Nothing was restored: {reason}", next_command=f"sptcoder restore {own} --from {SOURCE}")
