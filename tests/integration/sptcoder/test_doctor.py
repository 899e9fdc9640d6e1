"""`sptcoder doctor` against the real Coder, and its words for a machine nobody has signed in on."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli_run import CliRun

_PASSING = (
    (re.compile(r"sptcoder \S+ \(commit \S+\), \S+ \S+, Python \S+"), "<program>"),
    (re.compile(r"git version \S+.*"), "<git>"),
)


def test_doctor_explains_a_machine_nobody_has_signed_in_on(stranger: CliRun, golden: Callable[..., None]) -> None:
    done = stranger.run("doctor", check=False)
    assert done.returncode == 1
    shown = done.stdout.replace(str(stranger.folder), "<home>")
    for pattern, word in _PASSING:
        shown = pattern.sub(word, shown)
    golden("sptcoder/doctor_stranger", {"stdout": shown.splitlines(), "stderr": done.stderr.splitlines()})


def test_doctor_finds_the_real_server_in_order(cli: CliRun) -> None:
    said = json.loads(cli.run("doctor", "--json", check=False).stdout)
    found: dict[str, list[Any]] = {}
    for finding in said["findings"]:
        found.setdefault(finding["matter"], []).append(finding)
    assert re.search(r"Coder v2\.\d+\.\d+\S* at http", found["server"][0]["text"])
    assert {found["server"][0]["state"], found["coder program"][0]["state"]} == {"ok"}
    # A token of a few hours is a note: it ends soon.
    assert re.fullmatch(r"as \S+, until [0-9-]+ [0-9:]+ UTC", found["sign-in"][0]["text"])
    assert "spt-flow" in found["templates"][0]["text"]
    assert not [finding for finding in found["templates"] if "has no template" in finding["text"]]


@pytest.mark.parametrize(
    ("words", "code"), [(("--explain", "all"), 0), (("--explain", "nonsense"), 2), (("--context", "eve"), 2)]
)
def test_doctor_needs_no_server_to_explain(stranger: CliRun, words: tuple[str, ...], code: int) -> None:
    assert stranger.run("doctor", *words, check=False).returncode == code


def test_a_bad_file_is_one_sentence(stranger: CliRun) -> None:
    stranger.variables()
    path = Path(stranger.folder / "home" / ".spt-flow.yaml")
    path.write_text("token: canary-4711: :\n")
    done = stranger.run("list", check=False)
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: The configuration file {path} cannot be used: it is no YAML (line 1).\n"
        f"Next:  mend or remove {path}, then sptcoder init\n"
    )
