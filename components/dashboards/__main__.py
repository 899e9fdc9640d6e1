"""`python -m components.dashboards`: writes docs/dashboards/, for `make docs`."""

import sys
from pathlib import Path

from components.dashboards.pages import write_dashboards

if __name__ == "__main__":
    for path in write_dashboards(Path(__file__).resolve().parents[2] / "docs" / "dashboards"):
        sys.stdout.write(f"{path}\n")
