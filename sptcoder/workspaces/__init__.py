"""Workspaces as their users meet them: which is meant, what state it is in, what is done with it."""
