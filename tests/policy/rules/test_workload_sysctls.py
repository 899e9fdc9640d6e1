import pytest

from policies.rules.workload_sysctls import WORKLOAD_SYSCTLS
from tests.support.analyzer import UNKNOWN
from tests.support.rule_bench import RuleBench, compliant_pod

_BENCH = RuleBench(WORKLOAD_SYSCTLS)


def _sysctls(*names: object) -> dict[str, object]:
    return {"securityContext": {"sysctls": [{"name": name, "value": "1"} for name in names]}}


def test_the_safe_subset_passes() -> None:
    assert _BENCH.of_pod(_sysctls("net.ipv4.tcp_syncookies", "kernel.shm_rmid_forced")) == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("kernel.msgmax", "'kernel.msgmax'"),
        ("net/ipv4/tcp_syncookies", "'net/ipv4/tcp_syncookies'"),
        ("net.ipv4.tcp_syncookies ", "something else"),
        ("x" * 200, "something else"),
        (None, "something else"),
        (3, "something else"),
    ],
)
def test_others_are_refused_by_their_exact_name(name: object, told: str) -> None:
    assert _BENCH.of_pod(_sysctls("net.ipv4.tcp_syncookies", name)) == [
        f"The pod of Deployment 'coder/thing' must not set the kernel parameter {told}: only those of the safe subset."
    ]


def test_an_unknown_name_hides_no_other() -> None:
    assert sorted(_BENCH.levels(compliant_pod(**_sysctls(UNKNOWN, "kernel.sem")))) == ["ADVISORY", "MANDATORY"]
    assert _BENCH.levels(compliant_pod(securityContext={"sysctls": UNKNOWN})) == ["ADVISORY"]
