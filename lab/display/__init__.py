"""How a run shows itself: steps while it goes on, a report at its end."""

from lab.display.progress import RichProgress, open_progress
from lab.display.report import Report, render_plain, render_rich
from lab.display.resource_tree import ResourceOutcome

__all__ = ["Report", "ResourceOutcome", "RichProgress", "open_progress", "render_plain", "render_rich"]
