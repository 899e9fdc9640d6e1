"""The one thing this program keeps: the servers its user is signed in to."""

from sptcoder.config.contexts import NoContextError, active_context
from sptcoder.config.document import Context, Document

__all__ = ["Context", "Document", "NoContextError", "active_context"]
