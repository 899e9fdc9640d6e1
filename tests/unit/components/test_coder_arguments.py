"""What the stack's settings become: the arguments of Coder, its entry, its templates."""

from pathlib import Path
from typing import Any

import pytest

from components.coder_arguments import coder_access_args, coder_args, entry_args
from components.database_arguments import database_args, database_dump_args
from components.secret import SecretKey
from components.template_arguments import declared_variables, template_args
from core.errors import UsageError
from settings import Settings
from tests.support.sample_settings import sample_settings

_LAB_CHART = str(Path(__file__).resolve().parents[3] / "lab" / "charts" / "coder")


def _settings(*secret: str, **values: str) -> Settings:
    return sample_settings("staging", secret, **values)


def _templates(**values: str) -> dict[str, dict[str, Any]]:
    rows = template_args(
        _settings(**values),
        url="http://x",
        session_token="t",  # noqa: S106 - none
        registry_url="r:5000",
        workspace_image="w@sha256:1",
    )
    return {row["name"]: dict(row) for row in rows}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("https://helm.coder.com/v2", {"chart": "coder", "repository": "https://helm.coder.com/v2"}),
        ("oci://ghcr.io/coder/chart/coder", {"chart": "oci://ghcr.io/coder/chart/coder"}),
        ("lab/charts/coder", {"chart": _LAB_CHART}),
    ],
)
def test_a_chart_comes_from_a_repository_a_registry_or_a_folder(source: str, expected: dict[str, str]) -> None:
    args = coder_args(_settings(coderChart=source))
    assert {key: args.get(key) for key in ("chart", "repository") if key in args} == expected


def test_a_folder_without_a_chart_is_refused() -> None:
    with pytest.raises(UsageError, match=r"the folder lab/charts/none, and no Chart\.yaml is in it"):
        coder_args(_settings(coderChart="lab/charts/none"))


def test_without_choices_there_are_no_credentials_no_entry_and_no_address() -> None:
    args = coder_args(_settings())
    assert "credentials" not in args
    assert "cluster_ip" not in args
    assert entry_args(_settings()) is None


def test_github_without_its_secret_is_refused() -> None:
    with pytest.raises(UsageError, match="coderGithubClientSecret has no value") as caught:
        coder_args(_settings(coderGithubAuth="true", coderGithubClientId="Iv1.0"))
    assert caught.value.next_command == "pulumi config set --secret spt-flow:coderGithubClientSecret"


def test_a_connect_token_is_warned_about(monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", warnings.append)
    args = coder_args(
        _settings("coderConnectToken", coderConnectToken="canary-7a", coderConnectHost="http://connect.example.com")
    )
    assert set(args["credentials"]) == {"connect-token"}
    assert args["server"].connect_token == SecretKey("coder-credentials", "connect-token")
    (warning,) = warnings
    assert "whoever may edit a template can read it" in warning
    assert "canary-7a" not in f"{warning}{args}"


def test_tokens_rotate_with_time() -> None:
    settings = _settings(coderTokenRotationDays="10")
    periods = [coder_access_args(settings, now=day * 86400)["rotation"] for day in (0, 9, 10)]
    assert periods == [0, 0, 1]


def test_a_database_url_is_handed_on_and_the_dump_knows_the_version() -> None:
    url = "postgres://coder:p@db.example.com/coder"
    assert database_args(_settings("databaseUrl", databaseUrl=url).database)["url"] == url
    assert "url" not in database_args(_settings().database)
    assert database_dump_args(_settings())["coder_version"] == "2.36.3"


def test_there_are_three_templates_and_each_variable_is_one_that_it_declares() -> None:
    found = _templates()
    assert set(found) == {"spt-flow", "spt-flow-ci", "coder-devcontainer-kubernetes"}
    for name, row in found.items():
        assert set(row["variables"]) <= declared_variables([row["directory"], *row["overlays"]]), name
        assert {"namespace", "coder_image", "registry_url", "agent_url", "storage_class"} <= set(row["variables"]), name


def test_idle_workspaces_stop_and_those_of_pipelines_have_a_deadline() -> None:
    found = _templates(workspaceIdleHours="3", ciTtlMinutes="20")
    interactive, pipelines = found["spt-flow"]["settings"], found["spt-flow-ci"]["settings"]
    assert interactive.default_ttl_ms == interactive.activity_bump_ms == 3 * 3600 * 1000
    assert (pipelines.default_ttl_ms, pipelines.activity_bump_ms) == (20 * 60 * 1000, 0)


def test_amounts_become_whole_numbers_of_their_unit() -> None:
    variables = _templates(workspaceMemoryMax="12Gi", workspaceHomeStorage="1Gi")["spt-flow"]["variables"]
    assert variables["workspace_memory_max"] == "12"
    assert variables["workspace_cpu_max"] == "8"
    assert variables["workspace_volume_default"] == "1"


@pytest.mark.parametrize(
    ("values", "variants"),
    [
        ({}, ["registry-modules", "claude-code-v5"]),
        ({"templateClaude": "tasks"}, ["registry-modules", "claude-code-v4"]),
        ({"templateModules": "false", "templateClaude": "none"}, []),
        (
            {"templateModules": "false", "templateClaude": "none", "templateCachedImage": "true"},
            ["cached-image"],
        ),
        (
            {"templateModules": "false", "templateClaude": "none", "templateOnepassword": "true"},
            ["onepassword-provider"],
        ),
    ],
)
def test_the_variants_of_the_dev_container_follow_the_settings(values: dict[str, str], variants: list[str]) -> None:
    overlays = _templates(**values)["coder-devcontainer-kubernetes"]["overlays"]
    assert [path.name for path in overlays if path.parent.name == "variants"] == variants


def test_a_dev_container_is_tried_only_if_there_is_a_repository_to_build() -> None:
    assert not _templates()["coder-devcontainer-kubernetes"]["smoke"].enabled
    given = '{"coder-devcontainer-kubernetes": {"git_url": "https://example.com/project.git"}}'
    row = _templates(templateVariables=given)["coder-devcontainer-kubernetes"]
    assert row["smoke"].enabled
    assert row["variables"]["git_url"] == "https://example.com/project.git"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ('{"other": {}}', "names the template other, which there is not; there are: spt-flow, "),
        ('{"spt-flow": {"colour": "red"}}', "gives the template spt-flow the variable colour, which it does not have"),
    ],
)
def test_variables_of_no_template_are_refused(given: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        _templates(templateVariables=given)
    assert sentence in caught.value.message
