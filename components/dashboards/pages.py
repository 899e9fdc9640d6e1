"""All dashboards, as JSON."""

__all__ = ["PAGES", "dashboard_files", "write_dashboards"]

import json
from pathlib import Path
from typing import Final

from components.dashboards.panel import build_dashboard
from components.dashboards.service import SERVICE
from components.dashboards.upkeep import UPKEEP
from components.dashboards.workspaces import WORKSPACES_PAGE

PAGES: Final = (SERVICE, WORKSPACES_PAGE, UPKEEP)
"""The dashboards, the one that is looked at first before the others."""


def dashboard_files() -> dict[str, str]:
    """Return each dashboard's JSON by the name of its file."""
    return {
        f"{page.uid}.json": json.dumps(build_dashboard(page), indent=2, ensure_ascii=False) + "\n" for page in PAGES
    }


def write_dashboards(folder: Path) -> list[Path]:
    """Write the files that are to be imported by hand; return where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / name for name in dashboard_files()]
    for path in written:
        path.write_text(dashboard_files()[path.name], encoding="utf-8")
    return written
