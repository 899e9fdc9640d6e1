"""Which lines are shown, and what warnings and failures are read out of them."""

import pytest

from sptcoder.api.models.job import JobLog
from sptcoder.workspaces.log_lines import build_line, clone_refusal, is_quota, script_warning
from sptcoder.workspaces.start_failures import BuildFailedError, QuotaReachedError, build_failure


@pytest.mark.parametrize(
    ("level", "output", "shown"),
    [
        ("info", "  kubectl_manifest.pod[0]: Creating...  ", "kubectl_manifest.pod[0]: Creating..."),
        ("info", "Plan: 7 to add, 0 to change, 0 to destroy.", "Plan: 7 to add, 0 to change, 0 to destroy."),
        ("error", "Error: exceeded quota", "Error: exceeded quota"),
        ("debug", "Initializing the backend...", None),
        ("info", "data.coder_parameter.cpu: Refreshing...", None),
        ("info", "data.coder_workspace.me: Refresh complete after 0s [id=1]", None),
        ("info", "coder_agent.main: Plan to create", None),
        ("warn", "terraform environment variable: TF_CLI_CONFIG_FILE=/x", None),
        ("info", "Terraform 1.11.4", None),
        ("info", "   ", None),
    ],
)
def test_terraforms_chatter_is_left_out(level: str, output: str, shown: str | None) -> None:
    assert build_line(JobLog(id=1, log_level=level, output=output)) == shown


def test_warnings_of_the_start_script_are_told_by_their_form() -> None:
    assert script_warning("   warning: the hook failed.") == "the hook failed."
    assert script_warning("   | warning: what a program said") is None
    assert script_warning("== Repositories") is None


def test_a_refused_clone_is_told_from_other_warnings() -> None:
    refused = "https://github.com/my/private cannot be read. If it is private: link your account at X."
    other = "spt-flow-demo has no devpods/setup.sh: nothing is set up."
    found = clone_refusal([other, refused])
    assert found is not None
    assert (found.url, found.text) == ("https://github.com/my/private", refused)
    assert clone_refusal([other]) is None
    broken = "git://h/x could not be cloned; the workspace starts without it. The next start tries again."
    assert clone_refusal([broken]) is not None


def test_a_quota_is_its_own_kind_of_failure() -> None:
    lines = ['Error: persistentvolumeclaims "x" is forbidden: exceeded quota: coder-workspace, requested: ...']
    assert is_quota(lines)
    failure = build_failure("repo", "start", "failed", "terraform: exit status 1", lines)
    assert isinstance(failure, QuotaReachedError)
    assert "a quota is reached" in failure.message
    assert lines[0] in failure.message
    assert "sptcoder list" in str(failure.next_command)


def test_any_other_failed_build_shows_its_last_error_lines() -> None:
    failure = build_failure("repo", "start", "failed", "terraform: exit status 1", ["Error: no such image"])
    assert isinstance(failure, BuildFailedError)
    assert failure.message.splitlines() == [
        "The start of the workspace 'repo' failed: terraform: exit status 1",
        "    Error: no such image",
    ]
    assert failure.next_command == "sptcoder logs repo"
