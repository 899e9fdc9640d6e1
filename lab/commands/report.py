"""The end of a run: what changed, where things are, what to type next."""

__all__ = ["print_report"]
