"""What holds for every workflow: least rights, steps that are make targets, pins, nothing of a stranger in a shell."""

import re
from typing import Any

import pytest
import yaml

from ci.stack_settings import stack_settings
from release.platforms import PLATFORMS
from tests.unit.ci.workflow_file import ROOT, WORKFLOWS, Step, jobs_of, load, steps_of

ALL_STEPS = list(steps_of(*WORKFLOWS))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
_OWN = {"BOOT", "CI", "PY", "RELEASE", "RELEASE_BOOT", "RELEASE_INTERPRETER"}
"""What recipes of workflows are made of."""

_TAG = re.compile(r"[a-z-]+/[a-z-]+@v\d+(?:\.\d+){0,2}")
_MAKE = re.compile(r"make ([a-z-]+)((?: [A-Z_]+=(?:\"\$[A-Z_]+\"|[\w./-]+))*)")
SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"
KNOWN_RIGHTS = {
    ("pr.yml", "comment"): {"contents": "read", "pull-requests": "write"},
    ("pr.yml", "preview"): {"contents": "read", "id-token": "write"},
    ("deploy.yml", "deploy"): {"contents": "read", "id-token": "write"},
    ("release.yml", "publish"): {"contents": "write"},
    ("image.yml", "build"): {"contents": "read", "packages": "write"},
    ("image.yml", "publish"): {"contents": "read", "id-token": "write", "packages": "write"},
    ("drift.yml", "check"): {"contents": "read", "id-token": "write", "issues": "write"},
}
"""Jobs that have more than the right to read."""

SYSTEMS = {
    ("pr.yml", "cli"): ["macos-15", "windows-2025"],
    ("release.yml", "build"): ["ubuntu-22.04", "ubuntu-22.04-arm", "macos-15-intel", "macos-15", "windows-2025"],
}
"""Jobs that run on other systems, too."""


def _title(step: Step) -> str:
    return f"{step.workflow}:{step.job}:{step.body.get('run') or step.body.get('uses')}"


def _strings(value: Any) -> list[str]:  # noqa: ANN401 - whatever YAML can hold
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [str(value)]


RUNS = [step for step in ALL_STEPS if "run" in step.body]
USES = [step for step in ALL_STEPS if "uses" in step.body]
JOBS = [(name, job) for name in WORKFLOWS for job in jobs_of(name)]


def test_the_workflows_are_the_ones_that_are_described() -> None:
    assert WORKFLOWS == ("deploy.yml", "drift.yml", "image.yml", "pr.yml", "release.yml")
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in WORKFLOWS)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_right_is_given_to_a_whole_workflow(name: str) -> None:
    assert load(name)["permissions"] == {}


@pytest.mark.parametrize(("name", "job"), JOBS)
def test_a_job_has_the_rights_it_needs_a_limit_and_a_runner(name: str, job: str) -> None:
    body = jobs_of(name)[job]
    assert body["permissions"] == KNOWN_RIGHTS.get((name, job), {"contents": "read"})
    assert 0 < body["timeout-minutes"] <= 120
    if (name, job) not in SYSTEMS:
        assert body["runs-on"] == "ubuntu-24.04"
        return
    assert body["runs-on"] == "${{ matrix.runner }}"
    matrix = body["strategy"]["matrix"]
    assert (matrix.get("runner") or [row["runner"] for row in matrix["include"]]) == SYSTEMS[name, job]


@pytest.mark.parametrize("step", RUNS, ids=_title)
def test_a_step_is_a_make_target(step: Step) -> None:
    match = _MAKE.fullmatch(step.body["run"])
    assert match is not None, "one line: make, a target, and plain values"
    assert match[1] in TARGETS
    assert "shell" not in step.body


@pytest.mark.parametrize("step", RUNS, ids=_title)
def test_nothing_is_written_into_a_shell(step: Step) -> None:
    assert "${{" not in step.body["run"]


@pytest.mark.parametrize(
    "name", [name for name in sorted(TARGETS) if name.startswith(("ci-", "cli-", "deploy-", "release-"))]
)
def test_a_recipe_of_ci_takes_its_values_by_the_environment_alone(name: str) -> None:
    recipe = re.search(rf"^{name}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert recipe is not None
    assert set(re.findall(r"\$\((\w+)\)", recipe[1])) <= _OWN


@pytest.mark.parametrize("step", USES, ids=_title)
def test_an_action_is_pinned_by_a_version_tag(step: Step) -> None:
    assert _TAG.fullmatch(step.body["uses"])


def test_an_action_has_one_version_everywhere() -> None:
    used = {step.body["uses"] for step in USES}
    assert len(used) == len({action.partition("@")[0] for action in used})


@pytest.mark.parametrize("step", [step for step in USES if "checkout" in step.body["uses"]], ids=_title)
def test_a_checkout_keeps_no_credentials(step: Step) -> None:
    assert step.body["with"]["persist-credentials"] is False


def test_no_stored_secret_is_used_anywhere() -> None:
    for name in WORKFLOWS:
        assert [text for text in _strings(load(name)) if "secrets." in text] == []


def test_pull_requests_of_forks_run_without_rights_and_secrets() -> None:
    content = load("pr.yml")
    assert content["on"] == {"pull_request": None}, "never pull_request_target or workflow_run"
    for job, body in content["jobs"].items():
        if job in {"cli", "lint", "test", "policy"}:
            assert body["permissions"] == {"contents": "read"}
            assert "environment" not in body
            assert "vars." not in yaml.safe_dump(body)
            assert "if" not in body, "forks get these too"
        else:
            assert SAME_REPOSITORY in body["if"]


def test_the_token_of_the_job_goes_to_the_steps_that_post_and_to_no_other() -> None:
    holders = [step for step in ALL_STEPS if "GITHUB_TOKEN" in step.body.get("env", {})]
    assert [(step.job, step.body["run"]) for step in holders] == [
        ("check", "make ci-drift-issue"),
        ("build", "make ci-image-push"),
        ("publish", "make ci-image-publish"),
        ("comment", "make ci-post-comment"),
        ("publish", "make release-publish"),
    ]
    for name, job in JOBS:
        assert "GITHUB_TOKEN" not in jobs_of(name)[job].get("env", {})


def test_only_jobs_with_an_environment_may_ask_for_an_identity_token() -> None:
    for name, job in JOBS:
        body = jobs_of(name)[job]
        assert (body["permissions"].get("id-token") == "write") == ("environment" in body), (name, job)


def test_a_deployment_waits_for_the_one_before_and_is_never_cut_off() -> None:
    job = jobs_of("deploy.yml")["deploy"]
    assert job["environment"] == "${{ needs.plan.outputs.stack }}"
    assert job["concurrency"] == {"group": "deploy-${{ needs.plan.outputs.stack }}", "cancel-in-progress": False}
    assert load("deploy.yml")["concurrency"]["cancel-in-progress"] is False
    assert load("drift.yml")["concurrency"]["cancel-in-progress"] is False


def test_main_goes_to_staging_and_a_release_to_prod() -> None:
    content = load("deploy.yml")
    assert content["on"]["push"] == {"branches": ["main"], "tags": ["v*"]}
    stack = content["jobs"]["plan"]["env"]["STACK"]
    assert "startsWith(github.ref, 'refs/tags/v') && 'prod' || 'staging'" in stack
    assert "startsWith(github.ref, 'refs/tags/v')" in content["jobs"]["deploy"]["if"], (
        "by hand only from a release, too"
    )


def test_what_is_deployed_was_previewed_and_judged_in_its_window() -> None:
    jobs = jobs_of("deploy.yml")
    assert "make deploy-window" in [step.get("run") for step in jobs["plan"]["steps"]]
    runs = [step["run"] for step in jobs["deploy"]["steps"] if "run" in step]
    assert runs[-3:] == ["make ci-preview", "make policy", "make ci-deploy"]
    assert not any(step.get("continue-on-error") for step in jobs["deploy"]["steps"])
    assert stack_settings("prod").deployment.maintenance_window == "outside-business-hours"


def test_an_output_that_a_job_reads_is_one_that_a_job_gives() -> None:
    for name in WORKFLOWS:
        jobs = jobs_of(name)
        for job, output in re.findall(r"needs\.([\w-]+)\.outputs\.([\w-]+)", yaml.safe_dump(jobs)):
            assert output in jobs[job]["outputs"], (name, job, output)


def test_the_drift_check_looks_at_every_stack_with_a_cluster_every_night() -> None:
    content = load("drift.yml")
    assert re.fullmatch(r"\d+ [0-6] \* \* \*", content["on"]["schedule"][0]["cron"])
    runs = [step["run"] for step in content["jobs"]["check"]["steps"] if "run" in step]
    assert runs[-2:] == ["make ci-drift", "make ci-drift-issue"]


def test_no_preview_leaves_the_runner() -> None:
    kept = {step.workflow: step.body["with"]["path"] for step in USES if "upload-artifact" in step.body["uses"]}
    assert kept == {
        "image.yml": "pushed.txt\nsbom.spdx.json\n",
        "pr.yml": "${{ matrix.stack }}.md",
        "release.yml": "dist/",
    }


def test_an_image_is_tested_and_judged_before_it_is_pushed_and_signed_where_nothing_of_it_runs() -> None:
    jobs = jobs_of("image.yml")
    runs = [step["run"].split()[1] for step in jobs["build"]["steps"] if "run" in step]
    assert runs[-5:] == ["ci-image-build", "ci-image-test", "ci-image-sbom", "ci-image-scan", "ci-image-push"]
    assert "id-token" not in jobs["build"]["permissions"]
    assert jobs["publish"]["needs"] == "build"
    assert [step["run"] for step in jobs["publish"]["steps"] if "run" in step] == [
        "make image-tools TOOLS=cosign",
        "make ci-image-publish",
    ]
    assert {tuple(job["strategy"]["matrix"]["image"]) for job in jobs.values()} == {("workspace", "platform-tools")}


def test_images_are_built_every_week_and_for_every_file_they_are_made_of() -> None:
    content = load("image.yml")
    assert re.fullmatch(r"\d+ \d+ \* \* 1", content["on"]["schedule"][0]["cron"])
    watched = {path.removesuffix("/**") for path in content["on"]["push"]["paths"]}
    for ignore_file in (ROOT / "images").glob("*/Dockerfile.dockerignore"):
        kept = [line[1:] for line in ignore_file.read_text(encoding="utf-8").splitlines() if line.startswith("!")]
        covered = watched | {"pyproject.toml"}  # with every change of which uv.lock changes, too
        assert [name for name in kept if not any(f"{name}/".startswith(f"{each}/") for each in covered)] == []
    assert content["concurrency"]["cancel-in-progress"] is False


def test_each_system_has_a_job_that_builds_its_executables() -> None:
    rows = jobs_of("release.yml")["build"]["strategy"]["matrix"]["include"]
    assert [row["platform"] for row in rows] == [f"{each.system}-{each.machine}" for each in PLATFORMS]


def test_what_is_released_was_built_from_the_tag_and_is_published_by_a_job_that_runs_none_of_it() -> None:
    content = load("release.yml")
    assert content["on"]["push"] == {"tags": ["v*"]}
    publish = content["jobs"]["publish"]
    assert publish["needs"] == ["build", "wheel"]
    assert publish["if"] == "startsWith(github.ref, 'refs/tags/v')"
    runs = [step["run"] for step in publish["steps"] if "run" in step]
    assert runs == ["make release-setup", "make release-tag", "make release-checksums", "make release-publish"]
