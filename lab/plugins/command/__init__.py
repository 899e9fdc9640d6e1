"""The command edition: runs the user's scripts as part of a resource's life."""
