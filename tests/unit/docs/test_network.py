"""docs/network.md shows the flows that the stacks have."""

from pathlib import Path
from typing import Final

import pytest

from components.network_flows import Flow
from components.platform_namespaces import platform_namespaces
from tests.support.flow_table import flow_table
from tests.support.program import STACKS
from tests.support.stack_peers import settings_of

_PAGE: Final = Path(__file__).resolve().parents[3] / "docs" / "network.md"
_BEGIN: Final = "<!-- flows -->\n"
_END: Final = "\n<!-- /flows -->"


def _flows(stack: str) -> list[Flow]:
    """Return the stack's flows; each namespace is given all of them."""
    first, *others = platform_namespaces(settings_of(stack))
    assert all(other["flows"] == first["flows"] for other in others)
    return list(first["flows"])


def test_the_table_is_that_of_the_stacks(request: pytest.FixtureRequest) -> None:
    table = flow_table({stack: _flows(stack) for stack in STACKS})
    before, _, rest = _PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    shown, _, after = rest.partition(_END.lstrip("\n"))
    if request.config.getoption("--update-golden"):
        _PAGE.write_text(f"{before}{_BEGIN}{table}{_END}{after}", encoding="utf-8")
        return
    assert shown.strip("\n") == table


def test_every_flow_of_a_stack_has_a_row() -> None:
    table = flow_table({"prod": _flows("prod")})
    names = {line.split(" | ")[0].removeprefix("| ") for line in table.splitlines()[2:]}
    assert names == {flow.name for flow in _flows("prod")}
