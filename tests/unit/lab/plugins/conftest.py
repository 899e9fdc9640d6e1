"""Fixtures of the plugin editions' tests: the Pulumi CLI where there is one, and an engine of the test's own."""

from pathlib import Path

# Imported early on purpose: pytest's plugin for it imports it at the very end otherwise, and what the SDK left of
# failed programs may then be collected inside CPython's parser, which 3.11 does not survive.
import hypothesis  # noqa: F401
import pytest

from tests.support.pulumi_engine import PulumiEngine, find_pulumi


@pytest.fixture(scope="session")
def pulumi_cli() -> Path:
    """Return the Pulumi CLI, or skip."""
    found = find_pulumi()
    if found is None:
        pytest.skip("no pulumi: neither on PATH, nor in the toolchain's cache, nor in SPT_FLOW_TOOLCHAIN_BIN")
    return found


@pytest.fixture
def engine(pulumi_cli: Path, tmp_path: Path) -> PulumiEngine:
    """Return a real engine with a stack of the test's own."""
    return PulumiEngine(pulumi_cli, tmp_path / "engine")
