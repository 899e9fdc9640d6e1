"""One command a file, each behind a make target of the name `release-...`."""
