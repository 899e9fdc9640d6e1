"""One comment on a pull request: written once, changed afterwards, and nobody's token in anything that is said."""

import json
from pathlib import Path

import pytest

from ci.github_api import GithubApi, GithubError
from ci.posted_comment import MARK, marked, post_comment, pull_request_number
from ci.review_comment import LIMIT
from core.errors import UsageError
from tests.standins.github.server import Github

PULL_REQUEST = 17


def test_the_first_run_writes_a_comment_and_the_next_changes_it(github: Github, api: GithubApi) -> None:
    github.say("Looks good to me.", login="somebody")
    assert post_comment(api, PULL_REQUEST, marked(["first"])) == "created"
    assert post_comment(api, PULL_REQUEST, marked(["second"])) == "updated"
    assert [one["body"] for one in github.comments] == ["Looks good to me.", f"{MARK}\nsecond"]


def test_the_comment_is_found_behind_many_others(github: Github, api: GithubApi) -> None:
    github.page = 10
    for number in range(35):
        github.say(f"comment {number}", login="somebody")
    ours = github.say(marked(["old"]))
    assert post_comment(api, PULL_REQUEST, marked(["new"])) == "updated"
    assert ours["body"] == marked(["new"])
    assert len(github.comments) == 36


def test_a_mark_in_somebody_else_s_comment_is_not_ours(github: Github, api: GithubApi) -> None:
    theirs = github.say(marked(["a trick"]), login="mallory")
    assert post_comment(api, PULL_REQUEST, marked(["ours"])) == "created"
    assert theirs["body"] == marked(["a trick"])


def test_of_two_marked_comments_the_older_one_is_changed(github: Github, api: GithubApi) -> None:
    older, younger = github.say(marked(["a"])), github.say(marked(["b"]))
    post_comment(api, PULL_REQUEST, marked(["c"]))
    assert (older["body"], younger["body"]) == (marked(["c"]), marked(["b"]))


def test_a_missing_right_is_one_sentence_without_the_token(
    github: Github, api: GithubApi, capsys: pytest.CaptureFixture[str]
) -> None:
    github.refuse = 403
    with pytest.raises(GithubError) as caught:
        post_comment(api, PULL_REQUEST, "text")
    assert caught.value.message == (
        "GitHub refused GET /issues/17/comments with status 403: "
        "the token lacks the right, or the rate limit is used up."
    )
    assert caught.value.next_command is not None
    assert "pull-requests: write" in caught.value.next_command
    assert github.token not in f"{caught.value}{caught.value!r}{caught.value.__dict__}{api!r}{capsys.readouterr()}"


@pytest.mark.parametrize("status", [401, 404, 422])
def test_any_refusal_keeps_the_token_to_itself(github: Github, api: GithubApi, status: int) -> None:
    github.refuse = status
    with pytest.raises(GithubError, match=f"with status {status}") as caught:
        post_comment(api, PULL_REQUEST, "text")
    assert github.token not in str(caught.value)


def test_reading_is_repeated_after_a_passing_fault(github: Github, api: GithubApi) -> None:
    github.failures = 2
    assert post_comment(api, PULL_REQUEST, "text") == "created"


def test_a_server_that_stays_down_is_one_sentence(github: Github, api: GithubApi) -> None:
    github.failures = 100
    with pytest.raises(GithubError, match=r"did not answer GET /issues/17/comments: status 502\."):
        post_comment(api, PULL_REQUEST, "text")


def test_writing_a_new_comment_is_never_tried_twice(github: Github, api: GithubApi) -> None:
    list(api.listed("/issues/17/comments"))
    github.failures = 1
    with pytest.raises(GithubError, match="did not answer POST"):
        api.create("/issues/17/comments", {"body": "once"})
    assert sum(request.startswith("POST") for request in github.requests) == 1


def test_the_parts_stay_within_github_s_limit() -> None:
    text = marked(["| row |\n" * 20_000, "short\n", "| other |\n" * 20_000])
    assert len(text.encode()) <= LIMIT
    assert "\nshort\n" in text
    assert text.count("Cut here") == 2


def test_the_number_comes_from_the_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 17}}))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    assert pull_request_number() == PULL_REQUEST


@pytest.mark.parametrize("event", ["{}", "[]", "no JSON", '{"pull_request": {"number": "17; rm"}}'])
def test_an_event_of_no_pull_request_is_one_sentence(
    event: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "event.json").write_text(event)
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    with pytest.raises(UsageError, match="is of no pull request"):
        pull_request_number()


@pytest.mark.parametrize(("name", "value"), [("GITHUB_REPOSITORY", "owner/project/../other"), ("GITHUB_TOKEN", "")])
def test_an_environment_that_lacks_something_is_one_sentence(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "owner/project")
    monkeypatch.setenv("GITHUB_TOKEN", "some-token")
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=name):
        GithubApi.of_environment()
