"""Locking a stack's images: which digest each registry has behind a tag."""
