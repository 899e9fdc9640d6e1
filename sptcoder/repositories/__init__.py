"""Git repositories as users name them: which address is meant, and whether it can be read from a workspace."""
