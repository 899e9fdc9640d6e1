import json
from pathlib import Path
from typing import Any, Final

import pytest

from core.errors import UsageError
from policies.config_file import CONFIG_FOLDER, default_config, read_config
from policies.pack import CHANGE_RULES, RULES

_LIMITS: Final = "workload-requires-limits"
_EXEMPTION: Final = {"resource": "Pod coder/a", "reason": "it has a reason", "expires": "2027-01-31"}


def _write(folder: Path, content: object) -> Path:
    path = folder / "test.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_the_stacks_own_files_are_fine(stack: str) -> None:
    config = read_config(CONFIG_FOLDER / f"{stack}.json")
    assert config.rules.keys() == {rule.words.name for rule in (*RULES, *CHANGE_RULES)}


def test_what_a_file_does_not_say_is_the_safe_default(tmp_path: Path) -> None:
    assert read_config(_write(tmp_path, {})) == default_config()
    config = default_config().of(_LIMITS)
    assert config.level == "mandatory"
    assert config.properties["maxCpu"] == "8"
    assert config.properties["exemptions"] == []


@pytest.mark.parametrize(
    ("content", "level"),
    [
        ({"all": "advisory"}, "advisory"),
        ({"all": "advisory", _LIMITS: "mandatory"}, "mandatory"),
        ({"all": "advisory", _LIMITS: {"maxCpu": "2"}}, "advisory"),
        ({_LIMITS: {"enforcementLevel": "disabled"}}, "disabled"),
        ({_LIMITS: "remediate"}, "mandatory"),
    ],
)
def test_levels(content: dict[str, Any], level: str, tmp_path: Path) -> None:
    found = read_config(_write(tmp_path, content)).of(_LIMITS)
    assert found.level == level
    assert found.is_enabled is (level != "disabled")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON: line 1"),
        ("[]", "must be a JSON object"),
        ('{"all": "advisory", "all": "mandatory"}', 'the key "all" stands there twice'),
        ("[" * 100_000, "nested too deeply"),
        ({"all": "strict"}, "gives 'all' the level \"strict\"; advisory, mandatory, remediate or disabled is expected"),
        ({"all": None}, "gives 'all' the level null"),
        ({"workload-require-limits": {}}, "which there is not; did you mean 'workload-requires-limits'?"),
        ({"zzz": {}}, "see docs/policies.md"),
        ({_LIMITS: 1}, "says 1 of the rule 'workload-requires-limits'"),
        ({_LIMITS: {"enforcementLevel": ["mandatory"]}}, "gives 'workload-requires-limits' the level"),
        ({_LIMITS: {"maxCPU": "8"}}, 'may not have "maxCPU"; it may have: exemptions, maxCpu'),
        ({_LIMITS: {"maxCpu": 8}}, "maxCpu is 8; a value of type string is expected"),
        ({_LIMITS: {"maxCpu": "lots"}}, 'maxCpu is "lots"; text of the form'),
        ({_LIMITS: {"exemptions": {}}}, "exemptions is {}; a value of type array is expected"),
        ({_LIMITS: {"exemptions": [{"resource": "Pod a"}]}}, "exemptions[0] lacks 'reason'"),
        ({_LIMITS: {"exemptions": [{**_EXEMPTION, "expires": "2027-02-30"}]}}, "which is no day of the calendar"),
        ({_LIMITS: {"exemptions": [{**_EXEMPTION, "expires": "soon"}]}}, 'exemptions[0].expires is "soon"; text of'),
        (
            {_LIMITS: {"exemptions": [{**_EXEMPTION, "resource": "Pod *"}]}},
            'exemptions[0].resource is "Pod *"; text of',
        ),
        ({_LIMITS: {"exemptions": [{**_EXEMPTION, "reason": "none"}]}}, "text of at least 10 characters"),
        ({_LIMITS: {"exemptions": [{**_EXEMPTION, "who": "me"}]}}, 'may not have "who"'),
    ],
)
def test_whatever_is_wrong_is_one_clear_sentence(content: object, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refusal:
        read_config(_write(tmp_path, content))
    assert refusal.value.message.startswith("The policy configuration test.json")
    assert words in refusal.value.message
    assert "\n" not in refusal.value.message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_config(tmp_path / "missing.json")
    (tmp_path / "test.json").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="it is not UTF-8"):
        read_config(tmp_path / "test.json")
