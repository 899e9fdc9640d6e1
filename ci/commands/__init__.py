"""The commands of `python -m ci`, one a file: parse, call a service, print."""
