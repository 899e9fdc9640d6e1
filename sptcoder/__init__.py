"""The Coder side of the platform: a typed API client, template pushes, and what the program runs at deploy time."""
