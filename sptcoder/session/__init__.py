"""A signed-in client: which server, as whom; and what can go wrong on the way, in words."""

from sptcoder.session.failures import ExpiredTokenError, NotCoderError, TlsError, UnreachableError, VersionSkewError
from sptcoder.session.session import Session, open_session

__all__ = [
    "ExpiredTokenError",
    "NotCoderError",
    "Session",
    "TlsError",
    "UnreachableError",
    "VersionSkewError",
    "open_session",
]
