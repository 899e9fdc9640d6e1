"""The browser of the user's machine."""

__all__ = ["open_browser"]

import webbrowser


def open_browser(url: str) -> bool:
    """Open an address, and say whether there was a browser to open it in."""
    try:
        return webbrowser.open(url)
    except webbrowser.Error:
        return False
