"""docs/settings.md: a row for each setting, with what the code, Pulumi.yaml and the stack files say of it."""

import re
from pathlib import Path
from typing import Final

import pytest
from pydantic.alias_generators import to_camel

from core.errors import SptFlowError
from settings import GROUPS
from settings import reference as reference_module
from settings.reference import PAGE, written_page

_KEYS: Final = [to_camel(name) for group in GROUPS for name in group.model_fields]
_WRITTEN: Final = written_page(PAGE.read_text(encoding="utf-8"))


def _row(key: str, page: str = _WRITTEN) -> list[str]:
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{key}` |")]
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def test_the_page_is_as_the_settings_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == _WRITTEN, "make docs writes it"


def test_every_setting_has_one_row_of_five_cells() -> None:
    assert re.findall(r"^\| `(\w+)` \|", _WRITTEN, re.MULTILINE) == _KEYS
    assert {len(_row(key)) for key in _KEYS} == {5}


def test_every_group_has_a_title_of_its_own() -> None:
    titles = re.findall(r"^### (.+)$", _WRITTEN, re.MULTILINE)
    assert len(titles) == len(set(titles)) == len(GROUPS)


@pytest.mark.parametrize(
    ("key", "takes", "default", "said"),
    [
        ("kubeContext", "string: one line of printable text without spaces around it", "**required**", "`staging`"),
        ("registryStorage", "string: a Kubernetes quantity above zero", "`100Gi`", "Not above `coderQuotaStorage`."),
        ("coderEntry", "string: `none`, `ingress` or `gateway`", "`none`", "a Gateway with an HTTPRoute"),
        ("registryStorageProtect", 'boolean: "true" or "false"', "`true`", "until this is set to false"),
        ("coderReplicas", "integer: a whole number from 1 to 100000", "`1`", "needs a licence"),
        ("businessHours", "string: two times of one day, the earlier first", "`09:00-17:00`", "on the clock of"),
        ("registryGcProtected", "array: a JSON list of patterns of repository:tag", "none", "with \\* and ?"),
        ("databaseUrl", "string: one line of printable text without spaces around it", "none", "**Secret**"),
    ],
)
def test_what_a_row_says(key: str, takes: str, default: str, said: str) -> None:
    row = _row(key)
    assert row[1:3] == [takes, default]
    assert said in row[3]


def test_which_stacks_set_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = (PAGE.parents[1] / "Pulumi.yaml").read_text(encoding="utf-8")
    (tmp_path / "Pulumi.yaml").write_text(project, encoding="utf-8")
    stack = 'config:\n  spt-flow:nodeCidrs: ["10.0.0.0/8"]\n  spt-flow:databaseUrl:\n    secure: v1:canary-41\n'
    (tmp_path / "Pulumi.one.yaml").write_text(stack, encoding="utf-8")
    (tmp_path / "Pulumi.two.yaml").write_text("config:\n  spt-flow:coderReplicas: 1\n", encoding="utf-8")
    monkeypatch.setattr(reference_module, "_ROOT", tmp_path)
    page = written_page(_WRITTEN)
    assert _row("nodeCidrs", page)[4] == 'one: `["10.0.0.0/8"]`'
    assert _row("coderReplicas", page)[4] == "two: `1`"
    assert _row("databaseUrl", page)[4] == "one: sealed"
    assert "canary-41" not in page


@pytest.mark.parametrize("mark", ["<!-- settings:", "<!-- end of the settings"])
def test_a_page_without_its_marks_is_refused(mark: str) -> None:
    with pytest.raises(SptFlowError, match="lacks the line"):
        written_page(_WRITTEN.replace(mark, "<!-- another"))
