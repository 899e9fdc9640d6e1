"""The API server's audit log: what is written down, where, and for how long; pure, but for the policy that is read."""

__all__ = ["AUDIT_RETENTION", "AuditRetention", "audit_policy", "build_audit_arguments"]

from dataclasses import dataclass
from pathlib import Path
from typing import Final

_POLICY: Final = Path(__file__).parent.parent / "manifests" / "audit-policy.yaml"


@dataclass(frozen=True)
class AuditRetention:
    """What is kept: a file of `megabytes` at most is put aside, `files` of those stay, none longer than `days`.

    The disk that this takes is bounded by (files + 1) * megabytes.
    """

    days: int
    files: int
    megabytes: int


AUDIT_RETENTION: Final = AuditRetention(days=30, files=5, megabytes=10)
"""What a lab keeps: 60 MB at most."""


def audit_policy() -> str:
    """Return the policy, YAML of kind Policy of audit.k8s.io/v1, as it is given to the API server."""
    return _POLICY.read_text(encoding="utf-8")


def build_audit_arguments(policy: Path, log: Path, retention: AuditRetention = AUDIT_RETENTION) -> list[str]:
    """Return the API server's arguments; it makes `log`, readable by its owner alone, in a folder that is there."""
    return [
        f"--audit-policy-file={policy}",
        f"--audit-log-path={log}",
        "--audit-log-format=json",
        f"--audit-log-maxage={retention.days}",
        f"--audit-log-maxbackup={retention.files}",
        f"--audit-log-maxsize={retention.megabytes}",
    ]
