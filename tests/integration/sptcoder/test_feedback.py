"""`sptcoder feedback` on a terminal, with a browser that only notes what it was given."""

from urllib.parse import parse_qs, urlsplit

import pexpect
import pytest

from tests.standins.coderd.server import Coderd
from tests.support.cli_run import CliRun


@pytest.mark.parametrize("answer", ["y", "n"])
def test_001_208_what_is_sent_is_shown_and_asked_about(stranger: CliRun, answer: str) -> None:
    stranger.variables()
    opened = stranger.folder / "opened"
    browser = stranger.folder / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > "{opened}"\n')
    browser.chmod(0o755)
    with Coderd() as page:
        environment = {"SPT_FLOW_FEEDBACK_URL": f"{page.url}/issues/new", "BROWSER": str(browser)}
        with stranger.terminal("feedback", env=environment) as child:
            child.expect_exact("What is missing, or wrong?: ")
            child.sendline("two repositories & 'quotes'; $(touch /tmp/x)")
            child.expect_exact("This is what is sent, and nothing else:")
            child.expect_exact("- sptcoder ")
            child.expect_exact(f"Open {page.url}/issues/new with it? [y/N]: ")
            child.sendline(answer)
            child.expect_exact("Your browser has it" if answer == "y" else "Nothing was sent.")
            child.expect(pexpect.EOF)
        child.close()
    assert child.exitstatus == 0
    if answer == "n":
        assert not opened.exists()
        return
    query = parse_qs(urlsplit(opened.read_text()).query)
    assert query["title"] == ["two repositories & 'quotes'; $(touch /tmp/x)"]
