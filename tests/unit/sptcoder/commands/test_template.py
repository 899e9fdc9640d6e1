"""`sptcoder template list` and `template push`."""

import json
from pathlib import Path

import pytest

from tests.conftest import Golden
from tests.standins.coderd.fault import Fault
from tests.standins.coderd.server import Coderd
from tests.unit.sptcoder.commands.conftest import Typing

_CANARY = "canary-7712"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "mine"
    made.mkdir()
    (made / "main.tf").write_text('resource "terraform_data" "x" {}\n')
    return made


def test_a_folder_is_pushed_under_its_own_name(coderd: Coderd, typed: Typing, folder: Path) -> None:
    done = typed("template", "push", str(folder))
    (template,) = coderd.platform.templates.values()
    assert (done.code, template["name"]) == (0, "mine")
    assert done.stdout.startswith("The version content-")
    assert done.stdout.endswith("of the template 'mine' is active now.\n")
    assert [event for event in coderd.platform.events if event.startswith("workspace smoke-")]


def test_the_same_content_again_changes_nothing(coderd: Coderd, typed: Typing, folder: Path) -> None:
    typed("template", "push", str(folder), "--no-smoke")
    before = list(coderd.platform.events)
    done = typed("template", "push", str(folder), "--no-smoke", "--json")
    assert (json.loads(done.stdout)["template"]["new_version"], coderd.platform.events) == (False, before)


def test_settings_on_the_server_stay(coderd: Coderd, typed: Typing, folder: Path) -> None:
    typed("template", "push", str(folder), "--no-smoke")
    (template,) = coderd.platform.templates.values()
    template |= {"display_name": "Ours", "default_ttl_ms": 3_600_000, "activity_bump_ms": 0}
    (folder / "main.tf").write_text('resource "terraform_data" "y" {}\n')
    assert typed("template", "push", str(folder), "--no-smoke").code == 0
    assert (template["display_name"], template["default_ttl_ms"], template["activity_bump_ms"]) == ("Ours", 3600000, 0)
    assert "settings" not in coderd.platform.events


def test_a_template_of_this_program_is_pushed_by_name(coderd: Coderd, typed: Typing) -> None:
    assert typed("template", "push", "spt-flow", "--no-smoke", "--name", "copy").code == 0
    (template,) = coderd.platform.templates.values()
    assert (template["name"], template["default_ttl_ms"]) == ("copy", 7_200_000)


def test_values_of_variables_come_by_option_and_environment(
    coderd: Coderd, typed: Typing, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_VAR_token", _CANARY)
    done = typed("template", "push", str(folder), "--no-smoke", "--var", "namespace=x", "--var-env", "token")
    (version,) = coderd.platform.versions.values()
    assert version["variables"] == [{"name": "namespace", "value": "x"}, {"name": "token", "value": _CANARY}]
    assert _CANARY not in done.stdout + done.stderr


def test_a_variable_that_is_not_in_the_environment_is_misuse(coderd: Coderd, typed: Typing, folder: Path) -> None:
    done = typed("template", "push", str(folder), "--var-env", "token")
    assert (done.code, coderd.requests) == (2, [])
    assert "in the environment variable TF_VAR_token" in done.stderr


@pytest.mark.parametrize("name", ["not a name", "../x", "a" * 33, "-x"])
def test_no_name_gets_into_a_path(coderd: Coderd, typed: Typing, folder: Path, name: str) -> None:
    done = typed("template", "push", str(folder), f"--name={name}")
    assert (done.code, coderd.requests) == (2, [])
    assert "is no name of a template" in done.stderr


def test_what_is_neither_folder_nor_known_is_misuse(typed: Typing) -> None:
    done = typed("template", "push", "spt-flo")
    assert (done.code, "comes with this program (spt-flow, spt-flow-ci, coder-dev" in done.stderr) == (2, True)


def test_who_may_not_push_is_told_whom_to_ask(coderd: Coderd, typed: Typing, folder: Path) -> None:
    coderd.faults.append(Fault("POST", "/api/v2/files", "status", status=403, times=9))
    done = typed("template", "push", str(folder))
    assert (done.code, "You may not push the template 'mine'" in done.stderr) == (1, True)
    assert "Next:  ask an owner of the server for the role template-admin" in done.stderr


def test_an_import_that_fails_shows_its_lines_and_leaves_no_template(
    coderd: Coderd, typed: Typing, folder: Path
) -> None:
    coderd.platform.jobs.script.import_status = "failed"
    done = typed("template", "push", str(folder))
    assert (done.code, coderd.platform.templates) == (1, {})
    assert "Error: no such thing" in done.stderr
    assert "Next:  mend what it names" in done.stderr


def test_the_list_names_what_comes_with_the_program_and_is_missing(
    coderd: Coderd, typed: Typing, folder: Path, golden: Golden
) -> None:
    typed("template", "push", str(folder), "--no-smoke")
    typed("template", "push", "spt-flow-ci", "--no-smoke")
    (version, other) = coderd.platform.versions.values()
    version["name"], other["name"] = "1a2b3c4", "5d6e7f8"
    done = typed("template", "list")
    golden("sptcoder/template_list", {"stdout": done.stdout, "stderr": done.stderr})
    found = json.loads(typed("template", "list", "--json").stdout)
    assert [template["name"] for template in found["templates"]] == ["mine", "spt-flow-ci"]
    assert found["not_pushed"] == ["spt-flow", "coder-devcontainer-kubernetes"]
