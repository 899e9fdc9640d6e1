"""`python -m settings`, behind `make docs`: write the reference of all settings into docs/settings.md."""

__all__ = ["main"]

import sys

from settings.reference import PAGE, written_page


def main() -> None:
    """Write it, and print where it is."""
    PAGE.write_text(written_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")


if __name__ == "__main__":
    main()
