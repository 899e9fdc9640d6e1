"""Story 4.2: `git push` to a private repository from a workspace, without entering a password."""

from pathlib import Path

import pytest

from sptcoder.api.models.workspace import Workspace
from tests.integration.conftest import Platform
from tests.support.cli_run import CliRun
from tests.support.git_https import private_repository

pytestmark = pytest.mark.lab

PASSWORD = "canary-password-8899"  # noqa: S105 - a canary
PUSH = """\
cd "$(mktemp -d)" && git init --quiet --initial-branch=main . && git commit --quiet --allow-empty -m "$2" || exit 9
GIT_TERMINAL_PROMPT=0 GIT_ASKPASS= git -c http.sslVerify=false push --quiet "$1" main
code=$?
rm -rf "$PWD"
exit $code
"""


def test_000_s4_2_2_git_push_to_a_private_repository_needs_no_password(
    cli: CliRun, workspace: Workspace, platform: Platform, tmp_path: Path
) -> None:
    address = str(platform.instance.host_address)
    with private_repository(tmp_path, address, username="me", password=PASSWORD) as private:
        answer = f"username=me && echo password={PASSWORD}"
        settings = tmp_path / "gitconfig"
        settings.write_text(
            f'[credential "https://{private.host}"]\n\thelper = "!f() {{ test \\"$1\\" = get && echo {answer}; }}; f"\n'
        )
        environment = {"GIT_CONFIG_GLOBAL": str(settings)}
        push = ("--", "sh", "-c", PUSH, "sh", private.url)
        lent = cli.run("ssh", workspace.name, "--lend-for", private.host, *push, "pushed while lent", env=environment)
        assert PASSWORD not in lent.stdout + lent.stderr
        assert private.subjects() == ["pushed while lent"]
        refused = cli.run("ssh", workspace.name, *push, "pushed afterwards", check=False, env=environment)
        assert refused.returncode != 0
        assert private.subjects() == ["pushed while lent"]
