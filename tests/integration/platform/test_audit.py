"""The audit log of a lab with the platform in it: who did what is there, and no Secret's value is."""

import base64
import json
import secrets
from pathlib import Path
from typing import Any, Final

import pytest

from lab.cluster.layout import ClusterLayout
from tests.integration.conftest import Platform
from tests.support.patience import wait_until

pytestmark = pytest.mark.lab

_SHORTEST: Final = 12
"""Shorter values, such as a name, stand in many places for other reasons."""


def _files(platform: Platform) -> list[Path]:
    return sorted(ClusterLayout.of(platform.instance).audit.glob("audit*.log"))


def _text(platform: Platform) -> str:
    return "".join(file.read_text(encoding="utf-8") for file in _files(platform))


def _entries(platform: Platform, mark: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _text(platform).splitlines() if mark in line and line.endswith("}")]


def test_the_log_is_root_s_alone(platform: Platform) -> None:
    files = _files(platform)
    assert files
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert files[0].parent.stat().st_mode & 0o777 == 0o700


def test_who_went_into_a_pod_is_there(platform: Platform) -> None:
    mark = f"audit-{secrets.token_hex(6)}"
    platform.kubectl.run("-n", "coder", "exec", "deployment/registry", "--", "registry", mark, check=False)
    wait_until(lambda: bool(_entries(platform, mark)), seconds=90)
    entry = _entries(platform, mark)[0]
    assert entry["user"]["username"] == "spt-flow-admin"
    assert entry["objectRef"]["subresource"] == "exec"
    assert entry["objectRef"]["namespace"] == "coder"


def test_no_secret_of_the_platform_is_there(platform: Platform) -> None:
    found = [
        (item["metadata"]["name"], key, value)
        for item in platform.kubectl.get("secrets", "--all-namespaces")["items"]
        for key, value in (item.get("data") or {}).items()
    ]
    text = _text(platform)
    searched, leaked = 0, []
    for name, key, encoded in found:
        value = base64.b64decode(encoded)
        if len(value) >= _SHORTEST:
            searched += 1
            leaked += [f"{name}: {key}"] * (encoded.rstrip("=")[:-1] in text or value.decode(errors="replace") in text)
    assert searched > 0
    assert leaked == []
