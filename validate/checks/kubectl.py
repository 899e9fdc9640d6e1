"""kubectl: the client alone, without a cluster."""

__all__ = ["KUBECTL"]

import json

from validate.check import Check, Workbench
from validate.outcome import CheckFailedError

_WORDS = ("create", "configmap", "hello", "--from-literal=key=value", "--dry-run=client", "--output=json")


def _make_manifest(bench: Workbench) -> str:
    nowhere = {"KUBECONFIG": "/dev/null"}
    version = json.loads(bench.run("kubectl", "version", "--client", "--output=json", env=nowhere).stdout)
    made = json.loads(bench.run("kubectl", *_WORDS, env=nowhere).stdout)
    if made.get("kind") != "ConfigMap" or made.get("data") != {"key": "value"}:
        raise CheckFailedError("kubectl made a manifest that is not what was asked for.")
    return f"kubectl {version['clientVersion']['gitVersion']} made a manifest."


KUBECTL = Check("kubectl", "make a manifest without a cluster", _make_manifest, tools=("kubectl",))
