"""GitHub's client, as far as it goes without an account."""

__all__ = ["GH"]

from validate.check import Check, Workbench, first_line
from validate.outcome import CheckFailedError


def _set_alias(bench: Workbench) -> str:
    own = {
        "GH_CONFIG_DIR": str(bench.folder),
        "GH_NO_UPDATE_NOTIFIER": "1",
        "GH_PROMPT_DISABLED": "1",
        "GH_TELEMETRY": "false",
    }
    version = first_line(bench.run("gh", "--version", env=own).stdout)
    bench.run("gh", "alias", "set", "hello", "issue list", env=own)
    if "issue list" not in bench.run("gh", "alias", "list", env=own).stdout:
        raise CheckFailedError("gh does not list the alias it has been told.")
    return f"{version}: an alias was set and listed."


GH = Check("gh", "gh keeps an alias", _set_alias, tools=("gh",))
