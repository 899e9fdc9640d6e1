"""The commands: what help lists, and the module each of them is loaded from when it is asked for."""

__all__ = ["COMMANDS", "HIDDEN", "REFRESH", "SECTIONS", "CommandEntry", "find_command"]

from typing import Final, NamedTuple

SECTIONS: Final = ("Set up", "Workspaces", "Connect", "Data", "Platform", "This program")
"""Headings of the help page, in order."""


class CommandEntry(NamedTuple):  # no dataclass: importing those takes longer than all the help
    """A command; its module is `sptcoder.commands.<name>`, with underscores, and has a function `register`."""

    name: str
    section: str
    summary: str

    @property
    def module(self) -> str:
        """Return the name of the module."""
        return f"sptcoder.commands.{self.name.replace('-', '_')}"


COMMANDS: Final = (
    CommandEntry("init", "Set up", "Sign in to a Coder server and keep address and token."),
    CommandEntry("context", "Set up", "List the servers you are signed in to, choose or forget one."),
    CommandEntry("doctor", "Set up", "Check what this program needs, and say how to mend what is missing."),
    CommandEntry("up", "Workspaces", "Create or start the workspace of a repository, and wait until it is ready."),
    CommandEntry("list", "Workspaces", "List your workspaces."),
    CommandEntry("status", "Workspaces", "Show one workspace: state, deadline, update, addresses."),
    CommandEntry("logs", "Workspaces", "Show the log of a workspace's last build and start script."),
    CommandEntry("stop", "Workspaces", "Stop a workspace; its home stays."),
    CommandEntry("start", "Workspaces", "Start a stopped workspace."),
    CommandEntry("restart", "Workspaces", "Stop and start a workspace; --update takes the newest template."),
    CommandEntry("extend", "Workspaces", "Keep a workspace running for longer, up to 24 hours."),
    CommandEntry("delete", "Workspaces", "Delete a workspace with its home (asks)."),
    CommandEntry("ssh", "Connect", "Open a shell in a workspace, or run one command there."),
    CommandEntry("ssh-config", "Connect", "Let plain ssh, and editors that use it, reach your workspaces."),
    CommandEntry("port-forward", "Connect", "Reach a port of a workspace from this machine."),
    CommandEntry("open", "Connect", "Open VS Code of a workspace in the browser."),
    CommandEntry("snapshot", "Data", "Save a workspace's home into a file of this machine."),
    CommandEntry("restore", "Data", "Bring a saved home back into a workspace (asks)."),
    CommandEntry("template", "Platform", "List the server's templates, or push one."),
    CommandEntry("feedback", "This program", "Tell the maintainers what is missing or wrong."),
    CommandEntry("completion", "This program", "Print the completion script for your shell."),
    CommandEntry("version", "This program", "Print version and commit of this program, and the server's version."),
)

REFRESH: Final = "__refresh-release"
"""What this program calls itself with to ask for the newest release while nobody waits."""

HIDDEN: Final = {"__complete": "sptcoder.completion.answer", REFRESH: "sptcoder.updates.refresh"}
"""Words that programs say, not people, and the modules whose `run` gets the words after them."""


def find_command(name: str) -> CommandEntry | None:
    """Return a command by name, None if there is none."""
    return next((entry for entry in COMMANDS if entry.name == name), None)
