"""One issue about a stack's drift: opened, kept up to date, closed."""

import pytest

from ci.drift_issue import DRIFT_LABEL, settle_drift
from ci.drift_report import drift_report
from ci.event_log import PolicyVerdict
from ci.github_api import GithubApi
from ci.plan import Change, Operation, Plan
from tests.standins.github.server import Github


def test_an_issue_is_opened_updated_and_closed(github: Github, api: GithubApi) -> None:
    assert settle_drift(api, "prod", "first night", has_drift=True) == "opened"
    assert settle_drift(api, "prod", "second night", has_drift=True) == "updated"
    (issue,) = github.issues
    assert issue["title"] == "Stack prod differs from its program"
    assert [label["name"] for label in issue["labels"]] == [DRIFT_LABEL]
    assert "second night" in issue["body"]
    assert issue["said"] == []
    assert settle_drift(api, "prod", "", has_drift=False) == "closed"
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert len(issue["said"]) == 1


def test_without_drift_and_issue_nothing_happens(github: Github, api: GithubApi) -> None:
    assert settle_drift(api, "prod", "", has_drift=False) == "nothing"
    assert [request.split()[0] for request in github.requests] == ["GET"]


def test_each_stack_has_an_issue_of_its_own(github: Github, api: GithubApi) -> None:
    settle_drift(api, "prod", "text", has_drift=True)
    settle_drift(api, "staging", "text", has_drift=True)
    settle_drift(api, "staging", "", has_drift=False)
    assert [issue["state"] for issue in github.issues] == ["open", "closed"]


def test_an_issue_closed_by_hand_is_not_opened_again_but_written_anew(github: Github, api: GithubApi) -> None:
    settle_drift(api, "prod", "text", has_drift=True)
    github.issues[0]["state"] = "closed"
    assert settle_drift(api, "prod", "text", has_drift=True) == "opened"
    assert len(github.issues) == 2


def test_of_two_the_older_one_is_kept(github: Github, api: GithubApi) -> None:
    mark = "<!-- spt-flow: drift of stack prod -->\n"
    github.report(f"{mark}a")
    github.report(f"{mark}b")
    settle_drift(api, "prod", "text", has_drift=True)
    assert [issue["state"] for issue in github.issues] == ["open", "closed"]


@pytest.mark.parametrize("more", [{"login": "mallory"}, {"pull_request": {"url": "..."}}])
def test_what_somebody_else_wrote_is_left_alone(github: Github, api: GithubApi, more: dict[str, str]) -> None:
    theirs = github.report("<!-- spt-flow: drift of stack prod -->\ntrick", **more)
    assert settle_drift(api, "prod", "", has_drift=False) == "nothing"
    assert theirs["state"] == "open"


def test_the_report_says_what_differs_and_what_to_do() -> None:
    plan = Plan("prod", (Change(Operation.UPDATE, "kubernetes:apps/v1:Deployment", "web"),))
    text = drift_report(plan, [PolicyVerdict("some-rule", "mandatory", "The @pod `x` must | have limits.")])
    assert "| update | `web` | `apps/v1:Deployment` |" in text
    assert "`some-rule`: The @\u200bpod \\`x\\` must \\| have limits." in text
    assert "docs/ci.md" in text
