"""Names of workspaces (000:S2.2.1): readable, at most 32 characters, different for different repositories."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from sptcoder.repositories.address import parse_repository
from sptcoder.workspaces.naming import candidate_names, checked_name, pipeline_name, slug
from sptcoder.workspaces.pipeline_run import pipeline_run

CODERS_RULE = re.compile(r"[a-z0-9](-?[a-z0-9])*")


def test_the_first_name_is_that_of_the_repository() -> None:
    assert candidate_names(parse_repository("my/repo"), None)[:2] == ("repo", "repo-my")
    assert candidate_names(parse_repository("my/repo"), "feature/Log_in")[:2] == (
        "repo-feature-log-in",
        "repo-feature-log-in-my",
    )


def test_two_repositories_of_one_name_have_names_of_their_own() -> None:
    one, other = (candidate_names(parse_repository(text), None) for text in ("a/x", "b/x"))
    assert one[0] == other[0] == "x"
    assert one[1:] == ("x-a", one[2])
    assert other[1:] == ("x-b", other[2])
    assert one[2] != other[2]


def test_a_long_name_is_cut_to_32_characters_and_stays_different() -> None:
    long = "a-very-long-name-of-a-repository-that-does-not-fit"
    one, other = (candidate_names(parse_repository(f"{owner}/{long}"), None)[0] for owner in ("a", "b"))
    assert one.startswith("a-very-long-name-of-a-repos")
    assert len(one) == len(other) == 32
    assert one != other


def test_the_same_repository_has_the_same_names_however_it_is_written() -> None:
    texts = ("my/repo", "https://github.com/My/repo.git", "git@github.com:my/repo")
    assert len({candidate_names(parse_repository(text), None)[2] for text in texts}) == 1


@given(st.from_regex(r"[A-Za-z0-9._~+@%-]{1,80}", fullmatch=True), st.none() | st.text(min_size=1, max_size=80))
def test_every_name_is_one_coder_takes(name: str, branch: str | None) -> None:
    try:
        repository = parse_repository(f"https://git.example.com/{name}/{name}")
    except UsageError:
        return
    for candidate in (*candidate_names(repository, branch), pipeline_name(repository, branch or "")):
        assert CODERS_RULE.fullmatch(candidate), candidate
        assert len(candidate) <= 32


@pytest.mark.parametrize(("text", "short"), [("Größe__Ω", "groe"), ("...", "workspace"), ("A.b_c", "a-b-c")])
def test_a_slug_has_small_letters_digits_and_single_hyphens(text: str, short: str) -> None:
    assert slug(text) == short


@pytest.mark.parametrize("name", ["", "-a", "a--b", "A", "a_b", "a" * 33, "$(id)", "a/b"])
def test_a_chosen_name_coder_would_not_take_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="allowed are up to 32 small letters"):
        checked_name(name)


def test_a_pipelines_name_is_the_same_in_one_run_and_another_in_the_next() -> None:
    repository = parse_repository("my/repo")
    run = {"GITHUB_RUN_ID": "7", "GITHUB_RUN_ATTEMPT": "1", "GITHUB_JOB": "test"}
    first = pipeline_name(repository, pipeline_run(run))
    assert first.startswith("repo-ci-")
    assert pipeline_name(repository, pipeline_run(dict(run))) == first
    others = [{**run, name: "2"} for name in (*run, "RUNNER_NAME", "SPT_FLOW_RUN_ID")]
    assert len({first, *(pipeline_name(repository, pipeline_run(other)) for other in others)}) == 6
    assert pipeline_name(parse_repository("your/repo"), pipeline_run(run)) != first


@pytest.mark.parametrize("name", ["CI_JOB_ID", "BUILDKITE_JOB_ID", "BUILD_BUILDID", "BUILD_TAG", "SPT_FLOW_RUN_ID"])
def test_each_pipelines_run_is_told_from_its_environment(name: str) -> None:
    assert pipeline_run({name: "5"}) == pipeline_run({name: "5", "HOME": "/x"}) != pipeline_run({name: "6"})


def test_without_a_pipeline_every_call_is_its_own_run() -> None:
    assert pipeline_run({}) != pipeline_run({})
