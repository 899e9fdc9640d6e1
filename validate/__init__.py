"""`spt-validate`: every tool of the workspace image does a small real thing. Standard library only, as `microvm` is."""
