"""A user's own copies of a workspace's home, as files of the user's machine."""
