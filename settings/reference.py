"""The reference of all settings in docs/settings.md: what the code, Pulumi.yaml and the stack files say, as tables."""

__all__ = ["PAGE", "written_page"]

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

import yaml
from pydantic import SecretStr, ValidationError
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from core.config_reader import SettingsGroup
from core.generated_part import GeneratedPart
from settings.stack import GROUPS, ORDERED, PROJECT, REQUIRED

_ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = _ROOT / "docs" / "settings.md"
"""The page."""

_PART: Final = GeneratedPart(
    page=str(PAGE), begin="<!-- settings: written by make docs -->\n", end="<!-- end of the settings -->\n"
)
_HEADINGS: Final = "| Setting | Takes | Default | What it is for | Set in |\n| --- | --- | --- | --- | --- |\n"
# No kind of setting takes a lone line break: each says what it wants instead.
_REFUSED: Final = "\n"
_COMMAND_WORDS: Final = re.compile(r",? (?:is|are) expected|, for example .*|;.*")


def written_page(page: str) -> str:
    """Return the page with the part between its marks written anew; raise SptFlowError if it has no such marks."""
    kinds = {key: str(entry["type"]) for key, entry in _content("Pulumi.yaml").items()}
    stacks = {path.name.split(".")[1]: _content(path.name) for path in sorted(_ROOT.glob("Pulumi.*.yaml"))}
    return _PART.written(page, "".join(_sections(kinds, stacks)))


def _content(name: str) -> Mapping[str, Any]:
    config: Mapping[str, Any] = yaml.safe_load((_ROOT / name).read_text(encoding="utf-8"))["config"]
    return config


def _sections(kinds: Mapping[str, str], stacks: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for group in GROUPS:
        yield f"\n### {_title(group)}\n\n{_HEADINGS}"
        for name, field in group.model_fields.items():
            key = to_camel(name)
            values = {
                stack: config[f"{PROJECT}:{key}"] for stack, config in stacks.items() if f"{PROJECT}:{key}" in config
            }
            takes = f"{kinds[key]}: {_allowed(group, name)}"
            cells = (f"`{key}`", takes, _default(name, field), _words(name, field), _set_in(values))
            yield f"| {' | '.join(cells)} |\n"
    yield "\n"


def _title(group: type[SettingsGroup]) -> str:
    """Return the first sentence of a group's docstring."""
    return _prose((group.__doc__ or group.__name__).strip().splitlines()[0].rstrip("."))


def _default(name: str, field: FieldInfo) -> str:
    if isinstance(field.default, SecretStr) or field.default in ("", (), {}):
        return "**required**" if name in REQUIRED else "none"
    return _code(field.default)


def _words(name: str, field: FieldInfo) -> str:
    lines = [_prose(field.description or "")]
    lines += [f"Not above `{to_camel(upper)}`." for lower, upper in ORDERED if lower == name]
    if isinstance(field.default, SecretStr):
        lines.append("**Secret**: set it with `--secret`; in clear it is refused.")
    elif field.examples:
        lines.append(f"Example: {', '.join(map(_code, field.examples))}.")
    return "<br>".join(lines)


def _allowed(group: type[SettingsGroup], name: str) -> str:
    """Return what a setting takes: its choices, or what its own check asks for when it refuses a value."""
    annotation = group.model_fields[name].annotation
    if get_origin(annotation) is Literal:
        *others, last = map(_code, get_args(annotation))
        return f"{', '.join(others)} or {last}"
    try:
        group.model_validate({to_camel(name): _REFUSED})
    except ValidationError as error:
        # Its examples are those of a command; the table has the setting's own.
        words = str(error.errors(include_url=False)[0].get("ctx", {}).get("error", "any text"))
        return _prose(_COMMAND_WORDS.sub("", words))
    return "any text"


def _set_in(values: Mapping[str, Any]) -> str:
    return "<br>".join(f"{stack}: {_stack_value(value)}" for stack, value in values.items())


def _stack_value(value: object) -> str:
    return "sealed" if isinstance(value, dict) and "secure" in value else _code(value)


def _code(value: object) -> str:
    text = json.dumps(value) if isinstance(value, bool | list | tuple | dict) else str(value)
    return f"`{text}`".replace("|", "\\|")


def _prose(text: str) -> str:
    """Return words in which nothing but what stands in backquotes is taken as Markdown."""
    parts = text.replace("|", "\\|").split("`")
    shown = [part if quoted % 2 else part.replace("*", "\\*").replace("<", "&lt;") for quoted, part in enumerate(parts)]
    return "`".join(shown)
