"""The comment for a real change: the engine's own preview against a real API server, compared with a golden file."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pulumi
import pulumi_kubernetes as k8s
import pytest
from pulumi import ResourceTransformArgs, ResourceTransformResult

from ci.change_rules import change_verdicts
from ci.event_log import PolicyVerdict
from ci.plan import read_plan
from ci.review_comment import review_comment
from policies.config_file import CONFIG_FOLDER
from tests.support.apiserver import ApiServer
from tests.support.cli_preview import cli_preview
from tests.support.pulumi_engine import PulumiEngine, find_pulumi
from tests.unit.ci.changing_program import CANARY, NAMESPACE, after, before

_GOLDEN = Path(__file__).parents[2] / "golden" / "ci" / "comment.md"


@pytest.fixture
def engine(tmp_path: Path) -> PulumiEngine:
    cli = find_pulumi()
    if cli is None:
        pytest.skip("no pulumi: neither in the toolchain nor on PATH")
    return PulumiEngine(cli, tmp_path)


def _on(api: ApiServer, body: Callable[[], None]) -> Callable[[], None]:
    """Return the program with a provider for the API server as every resource's."""

    def program() -> None:
        cluster = k8s.Provider("cluster", kubeconfig=api.kubeconfig.read_text(), context="test")

        def use_it(args: ResourceTransformArgs) -> ResourceTransformResult | None:
            if not args.type_.startswith("kubernetes:"):
                return None
            chosen = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(provider=cluster))
            return ResourceTransformResult(args.props, chosen)

        pulumi.runtime.register_resource_transform(use_it)
        body()

    return program


def test_the_comment_is_that_of_the_golden_file(
    engine: PulumiEngine, apiserver: ApiServer, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    engine.up(_on(apiserver, before))
    try:
        document = cli_preview(engine, _on(apiserver, after), "--show-sames")
    finally:
        engine.destroy()
    preview = tmp_path / "preview.json"
    preview.write_text(json.dumps(document))
    assert CANARY not in preview.read_text(), "the CLI itself hides what is secret"

    text = review_comment([read_plan(preview)], "## Policies\n\nNo rule is broken.\n")
    if request.config.getoption("--update-golden"):
        _GOLDEN.parent.mkdir(parents=True, exist_ok=True)
        _GOLDEN.write_text(text, encoding="utf-8")
    assert text == _GOLDEN.read_text(encoding="utf-8")
    assert CANARY not in text
    assert "hello" not in text, "data of a ConfigMap is nobody's to show"
    # What the golden file must say, in case somebody renews it without looking.
    assert "2 to replace, 2 to delete, 1 to update, 2 to create" in text
    assert "**Deleted:** Deployment `old-worker`, PersistentVolumeClaim `scratch`" in text
    row = next(line for line in text.splitlines() if re.match(r"\| `comment-of-ci` \|", line))
    # web: 3 x max(50m + 2, 500m + 50m), store: 2 x 100m; before: 2 x 250m + 1.
    assert "1.5 → 6.35 (**+4.85**)" in row
    assert "55Gi → 170Gi (**+115Gi**)" in row

    # And what no deployment may do: the engine itself would, since nothing in this program is protected.
    assert change_verdicts(preview, CONFIG_FOLDER / "staging.json") == [
        PolicyVerdict(
            "volume-forbids-replacement",
            "mandatory",
            f"PersistentVolumeClaim '{NAMESPACE}/scratch' must not be deleted: the data on it would be lost.",
        )
    ]
