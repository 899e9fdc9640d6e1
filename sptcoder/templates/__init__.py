"""Coder templates, from a folder of files to the active version on the server."""
