"""Ways into a workspace: the `coder` program of the server, OpenSSH over it, and what of this machine is lent."""
