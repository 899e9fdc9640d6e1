"""docs/template-checklist.md: every box of the seed's checklists is there, proven or explained."""

import ast
from pathlib import Path

import pytest

from tests.support.template_checklist import PAGE, Checklist, merge_results

ROOT = Path(__file__).parents[3]
BOXES = "892-901 1607-1628 1631-1634 1637-1653 1656-1664 1667-1673 1676-1679 1682-1686 1689-1696"
"""Lines of the boxes in the seed."""

CHECKLIST = Checklist.load()


def test_every_box_of_the_seed_is_there_once() -> None:
    bounds = [part.split("-") for part in BOXES.split()]
    expected = [line for first, last in bounds for line in range(int(first), int(last) + 1)]
    assert [box.line for box in CHECKLIST.boxes] == expected


def test_every_box_is_proven_or_says_why_it_cannot_be() -> None:
    assert [box.line for box in CHECKLIST.boxes if not box.tests and not box.elsewhere] == []


@pytest.mark.parametrize("test", sorted({test for box in CHECKLIST.boxes for test in box.tests}))
def test_every_named_test_exists(test: str) -> None:
    file, _, function = test.partition("::")
    tree = ast.parse((ROOT / file).read_text())
    assert function in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_the_page_is_what_the_generator_writes() -> None:
    assert PAGE.read_text() == CHECKLIST.page()


def test_a_failed_case_outweighs_those_that_passed() -> None:
    report = """<testsuites><testsuite>
      <testcase classname="tests.unit.test_a" name="test_x[1]"/>
      <testcase classname="tests.unit.test_a" name="test_x[2]"><failure/></testcase>
      <testcase classname="tests.unit.test_a" name="test_y"><skipped/></testcase>
      <testcase classname="tests.unit.test_a" name="test_other"/>
    </testsuite></testsuites>"""
    wanted = {"tests/unit/test_a.py::test_x", "tests/unit/test_a.py::test_y"}
    found = merge_results(report, {"tests/unit/test_a.py::test_z": "passed 2026-01-01"}, wanted, "2026-01-02")
    assert found == {
        "tests/unit/test_a.py::test_x": "failed 2026-01-02",
        "tests/unit/test_a.py::test_y": "not run 2026-01-02",
        "tests/unit/test_a.py::test_z": "passed 2026-01-01",
    }
