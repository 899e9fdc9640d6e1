"""The provider resource itself: whether its inputs are complete, and whether a change of them means another cluster."""

__all__ = ["check_provider", "diff_provider"]

import json
import os
from collections.abc import Mapping

from core.errors import SptFlowError
from lab.plugins.kubernetes import kubeconfig
from lab.plugins.kubernetes.settings import decode
from lab.plugins.protocol.differ import diff_inputs
from lab.plugins.protocol.results import CheckFailure, DiffKind, DiffResult, PropertyChange
from lab.plugins.protocol.values import Properties, contains_unknown, reveal

_LOCATION = ("kubeconfig", "context", "cluster")
_IDENTIFIER = "clusterIdentifier"


def _strict(news: Properties, environment: Mapping[str, str]) -> bool:
    """Return whether strict mode is on, by the provider's input or the stack's configuration."""
    given = decode(news.get("strictMode"))
    if given is None:
        configured = decode(environment.get("PULUMI_CONFIG"))
        given = decode(configured.get("strictMode")) if isinstance(configured, dict) else None
    return given is True


def check_provider(urn: str, news: Properties, environment: Mapping[str, str] = os.environ) -> tuple[CheckFailure, ...]:
    """Return what is wrong with the provider's inputs: in strict mode nothing is taken from the surroundings."""
    if not _strict(news, environment):
        return ()
    failures = []
    if urn.rpartition("::")[2].startswith("default"):
        failures.append(CheckFailure("", "Strict mode prohibits the default provider: pass a Provider of your own."))
    failures.extend(
        CheckFailure(name, f"Strict mode requires the Provider's argument '{name}'.")
        for name in ("kubeconfig", "context")
        if not reveal(news.get(name))
    )
    return tuple(failures)


def _cluster(inputs: Properties) -> object:
    """Return what tells the cluster of these inputs from others, or None where that cannot be told."""
    given = reveal(inputs.get("kubeconfig"))
    text = json.dumps(given) if isinstance(given, dict) else given
    if not isinstance(text, str) or not text:
        return None
    try:
        config = kubeconfig.load(text)
    except SptFlowError:
        return None
    names = [reveal(inputs.get(name)) or None for name in ("context", "cluster")]
    return kubeconfig.active_cluster(config, *names)


def diff_provider(olds: Properties, news: Properties) -> DiffResult:
    """Return the changes; one that leads to another cluster replaces the provider, and with it every object.

    With `clusterIdentifier` set before and after, that alone decides.
    """
    detailed = diff_inputs(olds, news)
    if not detailed:
        return DiffResult()
    before, after = reveal(olds.get(_IDENTIFIER)), reveal(news.get(_IDENTIFIER))
    if before and after:
        return _replacing(detailed, {_IDENTIFIER} if before != after else set())
    unknown = [name for name in _LOCATION if contains_unknown(news.get(name))]
    if unknown:
        return DiffResult({unknown[0]: PropertyChange(DiffKind.UPDATE_REPLACE)})
    old_cluster, new_cluster = _cluster(olds), _cluster(news)
    moved = old_cluster is not None and new_cluster is not None and old_cluster != new_cluster
    return _replacing(detailed, set(_LOCATION) if moved else set())


def _replacing(detailed: dict[str, PropertyChange], names: set[str]) -> DiffResult:
    return DiffResult(
        {
            path: PropertyChange(change.kind.as_replace(), change.input_diff) if path in names else change
            for path, change in detailed.items()
        }
    )
