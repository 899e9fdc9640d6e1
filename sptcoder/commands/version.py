"""`sptcoder version`: of this program, and of the server."""

__all__ = ["register"]

import typer

from sptcoder.cli.options import ContextOption, JsonOption
from sptcoder.cli.terminal import say, write_json, write_line

_EPILOG = """\b
Examples:
  sptcoder version
  sptcoder version --json
  sptcoder --version        this program's alone, at once
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    help_text = "Print version and commit of this program, and the server's version."
    app.command("version", help=help_text, epilog=_EPILOG)(version)


def version(*, context: ContextOption = None, as_json: JsonOption = False) -> None:
    """Print both; a server that cannot be asked is said on stderr and is no failure."""
    from sptcoder.version import VERSION, commit, version_line

    if not as_json:
        write_line(version_line())  # at once: the rest takes longer
    from sptcoder.cli.correlation import correlation_id
    from sptcoder.config import NoContextError, active_context
    from sptcoder.session.failures import SERVER_FAILURES
    from sptcoder.session.sign_in import check_server
    from sptcoder.updates.release import known_release

    url = server = problem = None
    try:
        url = active_context(context).url
        server = check_server(url)
    except (NoContextError, *SERVER_FAILURES) as error:
        problem = error.message
    if as_json:
        program = {"version": VERSION, "commit": commit(), "newest": known_release()}
        about = {"url": url, "version": server, "problem": problem}
        write_json({**program, "server": about, "correlation_id": correlation_id()})
    elif server is not None:
        write_line(f"Coder {server} at {url}")
    elif problem is not None:
        say(problem)
