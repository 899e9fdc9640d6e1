"""`sptcoder`, also as `python -m sptcoder`."""

__all__ = ["main"]

import sys

from sptcoder.cli.run import run


def main() -> None:
    """Run the command of the process's arguments and end the process with its exit code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
