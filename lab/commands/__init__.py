"""The commands behind the make targets: thin, one a file, each over a service."""
