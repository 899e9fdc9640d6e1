"""What can stand at the place of the word that is being typed."""

__all__ = ["Candidate", "candidates"]

from collections.abc import Sequence
from enum import Enum
from typing import Any, Final, NamedTuple

from sptcoder.cli.command_table import COMMANDS, CommandEntry, find_command
from sptcoder.completion.names import context_names, workspace_names

_VALUE_SIGN: Final = "="


class Candidate(NamedTuple):
    """A word, and what it stands for in a few words."""

    word: str
    about: str = ""


def candidates(before: Sequence[str], current: str) -> list[Candidate]:
    """Return what can be typed after the words `before`, of which the first is a command, beginning with `current`.

    An empty list means that this program has nothing to say there; shells go on with names of files.
    """
    return [found for found in _all(before, current) if found.word.startswith(current)]


def _all(before: Sequence[str], current: str) -> list[Candidate]:
    if "--" in before:
        return []
    if not before:
        if current.startswith("-"):
            return [Candidate("--help"), Candidate("--version")]
        return [Candidate(entry.name, entry.summary) for entry in COMMANDS]
    entry = find_command(before[0])
    # Some shells break `--context=name` into three words.
    words = [word for word in before[1:] if word != _VALUE_SIGN]
    return [] if entry is None else _of_command(entry, words, current)


def _of_command(entry: CommandEntry, words: list[str], current: str) -> list[Candidate]:
    from typer.main import get_command  # noqa: PLC0415 - the commands' names do without

    from sptcoder.cli.application import application  # noqa: PLC0415 - as above

    group: Any = get_command(application(entry))
    place = _place(group.commands[entry.name], words)
    if place is None:
        return []
    if place.waiting is not None:
        return _values(place.waiting, place.given)
    if current.startswith("-"):
        return _options(place.command)
    if hasattr(place.command, "commands"):
        return [Candidate(name, _first_line(sub.help)) for name, sub in place.command.commands.items()]
    arguments = [parameter for parameter in place.command.params if parameter.param_type_name == "argument"]
    return _values(arguments[place.position], place.given) if place.position < len(arguments) else []


class _Place(NamedTuple):
    """Where in a command line one is: of which command, after how many arguments, after which options."""

    command: Any
    position: int
    waiting: Any
    """The option whose value comes next, None if it is no option's turn."""

    given: dict[str, str]
    """Options with their values."""


def _place(command: Any, words: list[str]) -> _Place | None:  # noqa: ANN401 - the parser's own classes
    given: dict[str, str] = {}
    position = 0
    waiting: Any = None
    for word in words:
        if waiting is not None:
            given[str(waiting.name)] = word
            waiting = None
        elif word.startswith("-"):
            waiting = _option_with_value(command, word)
        elif hasattr(command, "commands"):
            if word not in command.commands:
                return None
            command = command.commands[word]
        else:
            position += 1
    return _Place(command, position, waiting, given)


def _option_with_value(command: Any, word: str) -> Any:  # noqa: ANN401 - see above
    """Return the option that takes the next word as its value, None if there is none."""
    if _VALUE_SIGN in word:
        return None
    for parameter in command.params:
        if word in parameter.opts and not getattr(parameter, "is_flag", False):
            return parameter
    return None


def _options(command: Any) -> list[Candidate]:  # noqa: ANN401 - see above
    found = [Candidate("--help", "Show the command's options and examples.")]
    for parameter in command.params:
        words = [*parameter.opts, *getattr(parameter, "secondary_opts", ())]
        about = _first_line(getattr(parameter, "help", None))
        found += [Candidate(word, about) for word in words if word.startswith("--")]
    return found


def _values(parameter: Any, given: dict[str, str]) -> list[Candidate]:  # noqa: ANN401 - see above
    metavar = (parameter.metavar or "").strip("[].").upper()
    if parameter.name == "context" or (metavar == "NAME" and parameter.name == "name"):
        return [Candidate(name, about) for name, about in context_names()]
    if metavar == "WORKSPACE":
        return [Candidate(name, about) for name, about in workspace_names(given.get("context"))]
    kind = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
    if not (isinstance(kind, type) and issubclass(kind, Enum)):
        return []
    return [Candidate(str(choice.value)) for choice in kind]


def _first_line(text: str | None) -> str:
    return " ".join((text or "").strip().partition("\n")[0].split())
