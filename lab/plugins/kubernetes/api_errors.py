"""What can go wrong between us and the API server, as sentences."""

__all__ = ["ApiError", "ConflictError", "UnreachableError", "from_response"]

import re
from collections.abc import Mapping
from typing import Any

from core.errors import SptFlowError

_CONFLICT = re.compile(r'conflict with "([^"]+)"(?: with subresource "[^"]+")?(?: using ([^\s:]+))?')
_NOT_FOUND, _CONFLICTING, _INVALID, _FORBIDDEN = 404, 409, 422, 403


class UnreachableError(SptFlowError):
    """The API server cannot be talked to: no kubeconfig, no connection, or it does not know us."""


class ApiError(SptFlowError):
    """The API server refused a request. `status` is the HTTP code, `details` the Status object's own."""

    def __init__(
        self, message: str, *, status: int, reason: str = "", details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.details = details or {}

    @property
    def not_found(self) -> bool:
        """Return whether the object, or something it needs, does not exist."""
        return self.status == _NOT_FOUND

    @property
    def namespace_missing(self) -> bool:
        """Return whether it is the object's namespace that does not exist."""
        return self.not_found and self.details.get("kind") == "namespaces"

    @property
    def already_exists(self) -> bool:
        """Return whether an object of that name exists already."""
        return self.status == _CONFLICTING and self.reason == "AlreadyExists"

    @property
    def forbidden(self) -> bool:
        """Return whether we may not do that."""
        return self.status == _FORBIDDEN

    @property
    def immutable_field(self) -> bool:
        """Return whether a field that cannot change was to be changed."""
        return self.status == _INVALID and "immutable" in self.message


class ConflictError(ApiError):
    """Server-side apply found fields that another manager owns. `conflicts` are (field, manager)."""

    def __init__(self, subject: str, conflicts: list[tuple[str, str]], details: Mapping[str, Any]) -> None:
        named = "; ".join(f"the field '{field}' is managed by '{manager}'" for field, manager in conflicts)
        super().__init__(
            f"{subject} was not changed: {named}. Leave the field to that manager (drop it from the program), or take "
            "it over with the annotation 'pulumi.com/patchForce: \"true\"'.",
            status=_CONFLICTING,
            reason="Conflict",
            details=details,
        )
        self.conflicts = conflicts


def _conflicts(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    causes = details.get("causes") or []
    found = []
    for cause in causes:
        if cause.get("reason") == "FieldManagerConflict":
            named = _CONFLICT.search(str(cause.get("message", "")))
            found.append((str(cause.get("field", "")), named[1] if named else str(cause.get("message", ""))))
    return found


def from_response(status: int, body: Mapping[str, Any], subject: str) -> ApiError:
    """Return the error for a refused request; `subject` names the object, such as `ConfigMap 'default/settings'`."""
    details = body.get("details") or {}
    if conflicts := _conflicts(details):
        return ConflictError(subject, conflicts, details)
    message = str(body.get("message") or "it gave no reason").rstrip(".")
    reason = str(body.get("reason") or "")
    return ApiError(f"{subject}: {message}.", status=status, reason=reason, details=details)
