"""Who may reach whom, for every stack: the policies that its program registers, evaluated as a network plugin would."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import product
from typing import Any, Final

import pytest

import ports
from components.network_flows import CODER, SYSTEM, WORKSPACES
from tests.support.program import STACKS
from tests.support.reachability import Peer, is_reachable
from tests.support.stack_peers import METADATA, OUTSIDERS, network_policies, peers_of, settings_of

_OWN: Final = (CODER, WORKSPACES, SYSTEM)
_TCP: Final = sorted({22, 9999, *(getattr(ports, name) for name in ports.__all__)})
_PORTS: Final = (("UDP", ports.DNS), ("UDP", 41641), *(("TCP", number) for number in _TCP))
_ANSWERING: Final = ("registry", "postgres", "pushgateway")
"""Those that never call out."""

Row = tuple[str, str, tuple[str, int]]


@cache
def _reachable(stack: str) -> frozenset[Row]:
    """Return every source, target and port for which the stack's policies let a connection be opened."""
    policies, peers = network_policies(stack), peers_of(stack)
    return frozenset(
        (source, target, port)
        for source, target in _pairs(peers)
        for port in _PORTS
        if is_reachable(policies, peers[source], peers[target], *port)
    )


def _pairs(peers: Mapping[str, Peer]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of which at least one end is the platform's."""
    for source, target in product(peers, repeat=2):
        if source != target and {peers[source].namespace, peers[target].namespace} & set(_OWN):
            yield source, target


def _targets(stack: str, source: str) -> set[tuple[str, tuple[str, int]]]:
    return {(target, port) for one, target, port in _reachable(stack) if one == source}


def _sources(stack: str, target: str) -> set[tuple[str, tuple[str, int]]]:
    return {(source, port) for source, one, port in _reachable(stack) if one == target}


def _shown(found: set[tuple[str, int]]) -> str:
    if len(found) == len(_PORTS):
        return "every port"
    return ", ".join(f"{protocol} {number}" for protocol, number in sorted(found))


@pytest.mark.parametrize("stack", STACKS)
def test_the_matrix(stack: str, golden: Callable[[str, Any], None]) -> None:
    """Compare with the file, in which a change of who may reach whom can be read."""
    rows: dict[str, dict[str, set[tuple[str, int]]]] = {}
    for source, target, port in sorted(_reachable(stack)):
        rows.setdefault(source, {}).setdefault(target, set()).add(port)
    matrix = {source: {target: _shown(found) for target, found in targets.items()} for source, targets in rows.items()}
    golden(f"reachability-{stack}", matrix)


@pytest.mark.parametrize("stack", STACKS)
def test_every_pod_of_the_program_is_in_the_matrix(stack: str) -> None:
    assert {"registry", "postgres", "database-dump", "reaper", "registry-gc"} <= peers_of(stack).keys()
    assert {peer.namespace for peer in peers_of(stack).values()} >= set(_OWN)


@pytest.mark.parametrize("stack", STACKS)
def test_nobody_reaches_the_clouds_metadata(stack: str) -> None:
    assert not [row for row in _reachable(stack) if row[1] in METADATA]


@pytest.mark.parametrize("stack", STACKS)
def test_what_only_answers_calls_nobody(stack: str) -> None:
    assert not [row for row in _reachable(stack) if row[0] in _ANSWERING]


@pytest.mark.parametrize("stack", STACKS)
def test_the_database_answers_coder_and_its_dumps_alone(stack: str) -> None:
    postgres = ("TCP", ports.POSTGRES)
    assert _sources(stack, "postgres") == {("coder", postgres), ("database-dump", postgres)}


@pytest.mark.parametrize("stack", STACKS)
def test_no_outsider_reaches_anything_of_the_platforms(stack: str) -> None:
    assert not [row for row in _reachable(stack) if row[0] in OUTSIDERS]


@pytest.mark.parametrize("stack", STACKS)
def test_the_entry_reaches_coders_one_port(stack: str) -> None:
    expected = {("coder", ("TCP", ports.CODER))} if settings_of(stack).entry.coder_entry != "none" else set()
    assert _targets(stack, "entry") == expected


@pytest.mark.parametrize("stack", STACKS)
def test_prometheus_reaches_nothing_but_metrics(stack: str) -> None:
    metrics = {ports.CODER_METRICS, ports.REGISTRY_DEBUG, ports.PUSHGATEWAY, ports.LOG_COLLECTOR}
    assert {number for _, (_, number) in _targets(stack, "prometheus")} <= metrics
    if "prometheus" in peers_of(stack):
        assert ("coder", ("TCP", ports.CODER_METRICS)) in _targets(stack, "prometheus")


@pytest.mark.parametrize("stack", STACKS)
def test_workspaces_reach_coder_registry_names_and_the_outside_and_not_each_other(stack: str) -> None:
    """Whatever a workspace calls itself: its labels are its template's, and its user may edit that."""
    inside = {
        ("coder", ("TCP", ports.CODER)),
        ("registry", ("TCP", ports.REGISTRY)),
        ("dns", ("TCP", ports.DNS)),
        ("dns", ("UDP", ports.DNS)),
    }
    # The lab's nodes are the user's own machine, which serves repositories to workspaces.
    targets = ("internet", "internet by IPv6", *(["node"] if stack == "dev" else []))
    outside = {(target, port) for target in targets for port in _PORTS}
    for name in ("workspace", "other workspace", "workspace named coder"):
        assert _targets(stack, name) == inside | outside, name
        assert not _sources(stack, name), name


@pytest.mark.parametrize("stack", STACKS)
def test_003_508_who_asks_the_api_server_reaches_it_and_who_pulls_the_registry(stack: str) -> None:
    """The nodes' network has the API server, unless the stack says where it is."""
    assert not settings_of(stack).cluster.api_server_cidrs
    asking = {source for source, port in _sources(stack, "node") if port == ("TCP", ports.APISERVER)}
    assert {"coder", "reaper", "registry-gc"} <= asking
    pulling = {source for source, port in _sources(stack, "registry") if port == ("TCP", ports.REGISTRY)}
    assert {"coder", "workspace", "node"} <= pulling


def test_a_policy_that_allows_more_is_noticed() -> None:
    """Show that the evaluation sees what it should: one open policy, and strangers are in."""
    open_door = {
        "metadata": {"namespace": CODER},
        "spec": {
            "podSelector": {},
            "policyTypes": ["Ingress"],
            "ingress": [{"from": [{"namespaceSelector": {}, "podSelector": {}}]}],
        },
    }
    peers = peers_of("prod")
    postgres = ("TCP", ports.POSTGRES)
    policies = network_policies("prod")
    assert not is_reachable(policies, peers["stranger"], peers["postgres"], *postgres)
    assert is_reachable([*policies, open_door], peers["stranger"], peers["postgres"], *postgres)
