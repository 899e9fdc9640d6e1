"""The figures of the platform, measured on this machine: `make bench`."""
