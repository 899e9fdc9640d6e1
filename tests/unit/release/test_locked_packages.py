"""release/requirements.txt, by which other systems install, against the lock."""

import re
import tomllib
from typing import Any

from release.sources import ROOT

TEXT = (ROOT / "release" / "requirements.txt").read_text(encoding="utf-8")
PINS = dict(re.findall(r"^([\w.-]+)==([\w.]+)", TEXT, re.MULTILINE))
LOCK: dict[str, Any] = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
PACKAGES = {package["name"]: package for package in LOCK["package"]}
RENEW = "make release-lock writes it"


def test_every_pin_is_the_locks() -> None:
    assert {name: PACKAGES[name]["version"] for name in PINS} == PINS, RENEW


def test_everything_the_groups_need_is_pinned() -> None:
    groups = PACKAGES["spt-flow"]["dev-dependencies"]
    wanted = {need["name"] for group in ("cli", "cli-test", "release") for need in groups[group]}
    assert "pyinstaller" in wanted
    assert wanted - PINS.keys() == set(), RENEW


def test_every_pin_has_its_hashes_and_no_address() -> None:
    assert all(re.search(rf"^{re.escape(name)}==.*\\\n    --hash=sha256:", TEXT, re.MULTILINE) for name in PINS)
    assert "://" not in TEXT
