"""The final report, against golden files; --update-golden writes them anew."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from lab.display import Report, ResourceOutcome, render_plain, render_rich
from lab.display.resource_tree import Change, count_changes, resource_tree

GOLDEN = Path(__file__).parent / "golden"
STACK = "urn:pulumi:dev::spt-flow::pulumi:pulumi:Stack::spt-flow-dev"


def outcome(
    kind: str, name: str, operation: str, seconds: float = 0.0, *, parent: str = STACK, failed: bool = False
) -> ResourceOutcome:
    return ResourceOutcome(urn(kind, name), kind, name, parent, operation, seconds, failed)


def urn(kind: str, name: str) -> str:
    return f"urn:pulumi:dev::spt-flow::{kind}::{name}"


REGISTRY = urn("spt-flow:index:Registry", "registry")
NAMESPACES = urn("spt-flow:index:Namespaces", "namespaces")
OUTCOMES = (
    outcome("pulumi:pulumi:Stack", "spt-flow-dev", "create", parent=""),
    outcome("pulumi:providers:kubernetes", "lab", "same"),
    outcome("spt-flow:index:Namespaces", "namespaces", "same"),
    outcome("kubernetes:core/v1:Namespace", "coder", "same", parent=NAMESPACES),
    outcome("kubernetes:core/v1:ResourceQuota", "coder", "same", parent=NAMESPACES),
    outcome("spt-flow:index:Registry", "registry", "create"),
    outcome("kubernetes:core/v1:PersistentVolumeClaim", "registry", "create", 0.4, parent=REGISTRY),
    outcome("kubernetes:core/v1:ConfigMap", "registry", "update", 0.02, parent=REGISTRY),
    outcome("kubernetes:apps/v1:Deployment", "registry", "create-replacement", 12.34, parent=REGISTRY),
    outcome("kubernetes:core/v1:Service", "old", "delete", 1.0, parent=REGISTRY),
)
FULL = Report(
    title="Stack dev",
    outcomes=OUTCOMES,
    seconds=75.2,
    facts=(("Registry, from this machine", "10.98.0.50:5000"), ("Kubeconfig", ".lab/kubeconfig")),
    left_out=("NetworkPolicy: the lab's network does not enforce it",),
    next_commands=(("make status", "what is healthy"), ("make down", "")),
)
CASES = {
    "full": FULL,
    "planned": Report(title="Stack dev", outcomes=OUTCOMES, planned=True),
    "unchanged": Report(title="Stack dev", outcomes=OUTCOMES[1:5], seconds=4.2),
    "failed": Report(
        title="Stack dev", outcomes=(outcome("kubernetes:apps/v1:Deployment", "web", "create", 60.0, failed=True),)
    ),
    "empty": Report(title="Stack dev"),
}


def rich_text(report: Report) -> str:
    text = io.StringIO()
    Console(file=text, width=100, _environ={}).print(render_rich(report))
    return "".join(line.rstrip() + "\n" for line in text.getvalue().splitlines())


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("variant", "render"), [("plain", render_plain), ("rich", rich_text)])
def test_reports_match_their_golden_files(
    case: str, variant: str, render: object, request: pytest.FixtureRequest
) -> None:
    golden = GOLDEN / f"{case}.{variant}.txt"
    assert callable(render)
    text = render(CASES[case])
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_names_that_look_like_markup_are_shown_as_they_are() -> None:
    report = Report(title="Stack [dev]", outcomes=(outcome("a:b:C", "x[bold]y", "create"),), facts=(("[k]", "[/v]"),))
    assert "x[bold]y" in rich_text(report)
    assert "[/v]" in rich_text(report)


def test_a_child_without_its_parent_stands_at_the_top() -> None:
    nodes = resource_tree([outcome("a:b:C", "orphan", "delete", parent="urn:gone")])
    assert [node.label for node in nodes] == ["C orphan"]


@pytest.mark.parametrize(
    ("operation", "change"),
    [
        ("create", Change.CREATED),
        ("import", Change.CREATED),
        ("update", Change.CHANGED),
        ("replace", Change.REPLACED),
        ("create-replacement", Change.REPLACED),
        ("delete-replaced", Change.REPLACED),
        ("delete", Change.DELETED),
        ("same", Change.UNCHANGED),
        ("refresh", Change.UNCHANGED),
        ("read", Change.UNCHANGED),
    ],
)
def test_each_word_of_the_engine_has_its_place(operation: str, change: Change) -> None:
    assert outcome("a:b:C", "x", operation).change is change


def test_counts_leave_the_stack_and_settled_providers_out() -> None:
    assert count_changes(OUTCOMES) == "2 created, 1 changed, 1 replaced, 1 deleted, 3 unchanged"
    assert count_changes(OUTCOMES, planned=True) == "2 to create, 1 to change, 1 to replace, 1 to delete, 3 unchanged"
