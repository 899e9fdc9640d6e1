"""Completing commands, options and names of workspaces in the user's shell."""
