"""`sptcoder`, also as `python -m sptcoder`."""

__all__ = ["main"]

import os
import sys

from sptcoder.cli.run import run
from sptcoder.packed import forget_packing


def main() -> None:
    """Run the command of the process's arguments and end the process with its exit code."""
    forget_packing(os.environ)
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
