"""Looking over machine, configuration, server and workspaces, and saying how to mend what is wrong."""
