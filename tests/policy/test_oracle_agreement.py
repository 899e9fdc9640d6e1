"""Generated workloads: the rules and an opinion written apart from them agree on which are broken."""

import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Final

from hypothesis import HealthCheck, given, settings

from policies.pack import RULES
from tests.policy.oracle import CONCERNS, Facts, broken_concerns
from tests.support.analyzer import PackAnalyzer, stack_config
from tests.support.workload_strategy import Workload, workloads

_EXAMPLES: Final = int(os.environ.get("ORACLE_EXAMPLES", "300"))
_STACK: Final = "prod"
_RULES: Final[Mapping[str, str]] = {
    "limits": "workload-requires-limits",
    "ephemeral-storage": "workload-requires-ephemeral-limit",
    "privileged": "workload-forbids-privileged",
    "host-namespaces": "workload-forbids-host-namespaces",
    "host-ports": "workload-forbids-host-ports",
    "capabilities": "workload-restricts-capabilities",
    "unmasked-proc": "workload-requires-masked-proc",
    "seccomp": "workload-requires-seccomp",
    "escalation": "workload-forbids-privilege-escalation",
    "root": "workload-requires-non-root",
    "host-path": "workload-restricts-host-paths",
    "tag": "image-requires-fixed-tag",
    "registry": "image-requires-allowed-repository",
    "digest": "image-requires-digest",
}


def test_every_concern_is_a_rule() -> None:
    assert _RULES.keys() == CONCERNS.keys()
    assert set(_RULES.values()) <= {rule.words.name for rule in RULES}


@settings(
    max_examples=_EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(workloads())
def test_rules_and_oracle_agree(workload: Workload) -> None:
    findings = _pack().analyze(workload.type, workload.body)
    broken = {finding.policy for finding in findings if finding.level == "MANDATORY"}
    expected = {_RULES[concern] for concern in broken_concerns(workload.kind, workload.body, _facts())}
    assert broken == expected, json.dumps(workload.body)


@cache
def _pack() -> PackAnalyzer:
    names = set(_RULES.values())
    analyzer = PackAnalyzer([rule.policy() for rule in RULES if rule.words.name in names])
    analyzer.configure_all({name: entry for name, entry in stack_config(_STACK).items() if name in names})
    return analyzer


@cache
def _facts() -> Facts:
    config = stack_config(_STACK)
    capabilities = config["workload-restricts-capabilities"]
    images = config["image-requires-allowed-repository"]
    return Facts(
        max_cpu=config["workload-requires-limits"]["maxCpu"],
        max_memory=config["workload-requires-limits"]["maxMemory"],
        max_ephemeral_storage=config["workload-requires-ephemeral-limit"]["maxEphemeralStorage"],
        capabilities={
            "": frozenset(capabilities["allowed"]),
            **{namespace: frozenset(names) for namespace, names in capabilities["namespaces"].items()},
        },
        repositories={"": images["allowedRepositories"], **images["namespaces"]},
        needs_digest=config["image-requires-digest"]["required"],
    )
