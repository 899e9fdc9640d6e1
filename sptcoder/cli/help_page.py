"""The page of `sptcoder --help`, written from the table alone: no command has to be imported for it."""

__all__ = ["help_page"]

from sptcoder.cli.command_table import COMMANDS, SECTIONS

_HEAD = """Usage: sptcoder COMMAND [OPTIONS] [ARGUMENTS]

From a repository to a ready workspace in one command.

Examples:
  sptcoder init                              sign in
  sptcoder up https://github.com/my/repo     a workspace with that repository, ready to work in
  sptcoder ssh repo                          a shell in it
  sptcoder up my/repo --ttl 30m              for a pipeline: gone after 30 minutes, whatever happens
"""
_TAIL = """Options:
  --version   print version and commit
  -h, --help  print this page; 'sptcoder COMMAND --help' prints a command's options and examples

Results go to stdout, everything else to stderr. Exit codes: 0 ok, 1 failed, 2 misuse, 130 stopped by Ctrl-C;
'sptcoder ssh NAME -- COMMAND' ends with the code of the command.
"""


def help_page() -> str:
    """Return the page, with a line break at its end."""
    width = max(len(entry.name) for entry in COMMANDS)
    parts = [_HEAD]
    for section in SECTIONS:
        rows = (f"  {entry.name:<{width}}  {entry.summary}" for entry in COMMANDS if entry.section == section)
        parts.append("\n".join((f"{section}:", *rows, "")))
    return "\n".join((*parts, _TAIL))
