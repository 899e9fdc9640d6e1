import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import grpc
import pytest
import yaml
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi_policy import EnforcementLevel

from core.quantity import Quantity
from policies.pack import CHANGE_RULES, NAME, RULES
from policies.rules.workload_limits import WORKLOAD_LIMITS

_ROOT: Final = Path(__file__).resolve().parents[2]
_PACK: Final = _ROOT / "policies"
_LEVELS: Final = {level.value for level in EnforcementLevel}


def test_every_rule_says_what_the_engine_shows() -> None:
    policies = [rule.policy() for rule in RULES]
    for rule in policies:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)
        assert rule.description.endswith(".")
        assert rule.enforcement_level == EnforcementLevel.MANDATORY
        assert rule.display_name
        assert rule.severity
        assert rule.remediation_steps
    assert len({rule.name for rule in policies}) == len(RULES)


@pytest.mark.parametrize("stack", ["dev", "prod", "staging"])
def test_every_stack_has_levels_for_every_rule_and_for_nothing_else(stack: str) -> None:
    config = json.loads((_PACK / "config" / f"{stack}.json").read_text(encoding="utf-8"))
    assert config.pop("all") in _LEVELS
    assert sorted(config) == sorted(rule.words.name for rule in (*RULES, *CHANGE_RULES))
    for rule in (*RULES, *CHANGE_RULES):
        entry = config[rule.words.name]
        assert entry.pop("enforcementLevel") in _LEVELS
        assert entry.keys() <= rule.schema.keys()


def test_there_is_a_configuration_for_each_stack_file() -> None:
    stacks = {path.name.split(".")[1] for path in _ROOT.glob("Pulumi.*.yaml")}
    assert {path.stem for path in (_PACK / "config").glob("*.json")} == stacks


@pytest.mark.parametrize(("text", "good"), [("8", True), ("500m", True), ("1.5Gi", True), ("-1", False), ("x", False)])
def test_the_schema_takes_what_the_rule_can_read(text: str, good: bool) -> None:  # noqa: FBT001 - a column
    assert bool(re.fullmatch(WORKLOAD_LIMITS.schema["maxCpu"]["pattern"], text)) is good
    if good:
        Quantity.parse(text)


def test_the_pack_file_names_the_runtime() -> None:
    content = yaml.safe_load((_PACK / "PulumiPolicy.yaml").read_text(encoding="utf-8"))
    assert content["runtime"]["name"] == "python"
    assert content["version"]


def test_the_pack_starts_as_the_engine_starts_it(tmp_path: Path) -> None:
    """Start the pack by its folder from a foreign working directory, and ask it over gRPC who it is."""
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(_PACK)]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                info = analyzer_pb2_grpc.AnalyzerStub(channel).GetAnalyzerInfo(empty_pb2.Empty(), timeout=10)
        finally:
            process.send_signal(signal.SIGKILL)
    assert info.name == NAME
    assert [policy.name for policy in info.policies] == [rule.words.name for rule in RULES]
