"""One command a file, thin: parse, call a service, print. Services are imported when a command runs, not before."""
