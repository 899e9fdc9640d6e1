"""Files that can be judged without a stack: rendered YAML, previews, exported states. Their content tells which."""

__all__ = ["FileContent", "read_files"]

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from core.errors import UsageError
from lab.policy_check.check import Location
from lab.policy_check.engine_files import is_preview, is_state, read_preview, read_state
from lab.policy_check.file_content import FileContent
from lab.policy_check.manifests import is_manifest, manifest_resource
from lab.policy_check.yaml_documents import MOST_NESTED, Document, load_documents
from policies.findings import Findings
from policies.resource import Resource

_STDIN: Final = "-"
_STDIN_NAME: Final = "standard input"
_EXPECTED: Final = (
    "Kubernetes objects (YAML or JSON), the output of `pulumi preview --json` or of `pulumi stack export` is expected"
)
_MOST_BYTES: Final = 512 * 1024 * 1024


def read_files(names: Sequence[str]) -> FileContent:
    """Return what the files hold together; `-` is standard input. Raise UsageError, one sentence, for any other."""
    contents = [_read_file(name) for name in names]
    return FileContent(
        resources=[each for content in contents for each in content.resources],
        changes=[each for content in contents for each in content.changes],
        locations={subject: where for content in contents for subject, where in content.locations.items()},
        gap=next((content.gap for content in contents if content.gap), ""),
    )


def _read_file(name: str) -> FileContent:
    shown = _STDIN_NAME if name == _STDIN else name
    text = _text_of(name, shown)
    if not text.strip():
        raise UsageError(f"{shown} is empty; {_EXPECTED}.")
    whole = _json_of(text)
    if _is_deep(whole):
        raise UsageError(f"{shown} is nested too deeply.")
    if isinstance(whole, Mapping):
        if is_preview(whole):
            return read_preview(whole, shown)
        if is_state(whole):
            return read_state(whole, shown)
    return _manifests(load_documents(text, shown), shown)


def _text_of(name: str, shown: str) -> str:
    try:
        if name == _STDIN:
            content = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{shown} cannot be read: {error.strerror}.") from None
    if len(content) > _MOST_BYTES:
        raise UsageError(f"{shown} is larger than {_MOST_BYTES // 2**20} MiB; that is too much to judge.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{shown} is not text in UTF-8; {_EXPECTED}.") from None


def _json_of(text: str) -> object:
    """Return what JSON text holds; None for text that is none, which may be YAML."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_deep(value: object) -> bool:
    level: list[object] = [value]
    for _ in range(MOST_NESTED + 1):
        level = [below for each in level for below in _below(each)]
        if not level:
            return False
    return True


def _below(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _manifests(documents: Sequence[Document], shown: str) -> FileContent:
    content = FileContent()
    if not documents:
        raise UsageError(f"{shown} holds no object; {_EXPECTED}.")
    for number, document in enumerate(documents, start=1):
        bodies = [(document.body, document.line)]
        if isinstance(document.body, list):
            bodies = [(body, document.line) for body in document.body]
        for body, line in bodies:
            resource = manifest_resource(body, name=f"document-{number}") if is_manifest(body) else None
            if resource is None:
                raise UsageError(
                    f"{shown}, line {line}: this is no Kubernetes object (no apiVersion or no kind); {_EXPECTED}."
                )
            content.resources.append(resource)
            content.locations.update(_locations(resource, document, shown, line))
    return content


def _locations(resource: Resource, document: Document, shown: str, line: int) -> dict[str, Location]:
    """Return where the objects of a resource stand; those of a list at the lines of its elements."""
    manifests = list(resource.manifests(Findings()))
    lines: dict[int, int] = dict(document.item_lines)
    one_each = len(lines) == len(manifests) and len(manifests) > 0
    found = {str(resource.subject): Location(shown, line)}
    for index, manifest in enumerate(manifests):
        found[str(manifest.subject)] = Location(shown, lines[index] if one_each else line)
    return found
