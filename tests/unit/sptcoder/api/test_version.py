import itertools

import pytest

from core.errors import SptFlowError
from sptcoder.api.version import Capability, ServerVersion


def test_order() -> None:
    ascending = ["2.9.9", "2.26.5", "v2.27.0-devel", "2.27.0-rc.1", "2.27.0-rc.2", "2.27.0-rc.10", "2.27.0", "v10.0.0"]
    versions = [ServerVersion.parse(text) for text in ascending]
    for lower, higher in itertools.combinations(versions, 2):
        assert lower < higher
        assert lower <= higher
        assert not higher <= lower


def test_build_metadata_does_not_count() -> None:
    assert ServerVersion.parse("v2.36.3+7e0ff4c") == ServerVersion.parse("2.36.3")
    assert str(ServerVersion.parse("v2.36.3-rc.1+7e0ff4c")) == "2.36.3-rc.1"


@pytest.mark.parametrize("text", ["", "latest", "2.36", "2.36.3.1", "two", "v"])
def test_no_version(text: str) -> None:
    with pytest.raises(SptFlowError, match="is no version of Coder"):
        ServerVersion.parse(text)


@pytest.mark.parametrize(
    ("version", "capability", "supported"),
    [
        ("2.26.5", Capability.AI_TASKS, False),
        ("2.28.0", Capability.AI_TASKS, True),
        ("2.36.3+7e0ff4c", Capability.AI_TASKS, True),
        ("2.37.0", Capability.AI_TASKS, False),
        ("2.37.0-rc.1", Capability.AI_TASKS, False),
        ("2.29.9", Capability.PARTIAL_TEMPLATE_PATCH, False),
        ("2.30.0", Capability.PARTIAL_TEMPLATE_PATCH, True),
        ("2.26.5", Capability.CHART_WORKSPACE_NAMESPACES, False),
        ("2.32.9", Capability.USER_SECRETS, False),
        ("3.0.0", Capability.USER_SECRETS, True),
    ],
)
def test_gates(version: str, capability: Capability, *, supported: bool) -> None:
    assert ServerVersion.parse(version).supports(capability) is supported


def test_no_two_capabilities_are_one() -> None:
    assert len(Capability.__members__) == len(list(Capability))
