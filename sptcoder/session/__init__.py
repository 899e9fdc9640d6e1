"""A signed-in client: which server, as whom."""

from sptcoder.session.session import Session, open_session

__all__ = ["Session", "open_session"]
