"""Where a short job leaves its metrics, as nobody scrapes it: a file for a collector, or a Pushgateway."""

__all__ = ["MetricsOutput"]

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from pydantic import AnyHttpUrl

from jobs.event_log import EventLog

_CONTENT_TYPE: Final = "text/plain; version=0.0.4"
_PUSH_SECONDS: Final = 10.0


@dataclass(frozen=True)
class MetricsOutput:
    """The places, either of which may be none, and the name of the metric that says when all last went well.

    `job` names the group on the Pushgateway.
    """

    job: str
    last_success: str
    file: Path | None
    pushgateway_url: AnyHttpUrl | str | None

    def publish(self, render: Callable[[float, float | None], str], log: EventLog, *, is_success: bool) -> None:
        """Hand out what `render` makes of now and the last success, in seconds since the epoch.

        What fails is a warning, since the job itself is done.
        """
        now = time.time()
        success = now if is_success else None
        if self.file is not None:
            try:
                _write(self.file, render(now, success or self._former_success(self.file)))
            except OSError as error:
                log.write("metrics-lost", level="warning", error=f"{self.file}: {error.strerror}")
        if self.pushgateway_url is not None:
            try:
                self._push(str(self.pushgateway_url), render(now, success))
            except httpx.HTTPError as error:
                log.write("metrics-lost", level="warning", error=f"{type(error).__name__}: {error}")

    def _push(self, url: str, text: str) -> None:
        # POST replaces the metrics it names and leaves others: a failed run keeps the time of the last success.
        answer = httpx.post(
            f"{url.rstrip('/')}/metrics/job/{self.job}",
            content=text,
            headers={"Content-Type": _CONTENT_TYPE},
            timeout=_PUSH_SECONDS,
        )
        answer.raise_for_status()

    def _former_success(self, path: Path) -> float | None:
        try:
            found = re.search(rf"^{self.last_success} (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            return None if found is None else float(found[1])
        except (OSError, ValueError):
            return None


def _write(path: Path, text: str) -> None:
    """Replace the file in one step: the collector may read at any time."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
