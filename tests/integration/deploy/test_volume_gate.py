"""A plan that would replace or delete a volume is refused by `make preview` and `make up`, and changes nothing.

On a real API server and the real engine; no node is needed, since nothing waits for the claim to be bound.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.deploy.paths import DeployPaths
from lab.deploy.run_failure import PolicyViolationError
from lab.deploy.service import deploy, preview
from lab.deploy.stack_file import load_stack_file
from lab.deploy.target import DeployTarget
from lab.progress import SilentProgress
from lab.toolchain import Toolchain
from tests.support.apiserver import ApiServer

_STACK = Path(__file__).resolve().parents[2] / "support" / "volume_stack"
_CLAIM = "/api/v1/namespaces/volumes/persistentvolumeclaims/data"
_SETTINGS = "/api/v1/namespaces/volumes/configmaps/settings"


@pytest.fixture(scope="module")
def target(apiserver: ApiServer, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], DeployTarget]:
    paths = DeployPaths(tmp_path_factory.mktemp("deployment"))
    context = yaml.safe_load(apiserver.kubeconfig.read_text(encoding="utf-8"))["current-context"]

    def of_class(storage_class: str) -> DeployTarget:
        return DeployTarget(
            stack=load_stack_file("dev", _STACK),
            paths=paths,
            backend=f"file://{paths.state}",
            local_state=paths.state,
            passphrase=paths.passphrase,
            overlay={
                "kubeconfigPath": str(apiserver.kubeconfig),
                "kubeContext": context,
                "storageClass": storage_class,
            },
            policy_config=_STACK / "policies.json",
        )

    return of_class


def _observed(apiserver: ApiServer) -> tuple[Any, Any]:
    claim, settings = apiserver.request("GET", _CLAIM), apiserver.request("GET", _SETTINGS)
    return (claim["metadata"]["uid"], claim["metadata"].get("deletionTimestamp")), settings["data"]


def test_a_plan_that_takes_a_volume_away_is_refused_before_anything_changes(
    apiserver: ApiServer, target: Callable[[str], DeployTarget], toolchain: Toolchain
) -> None:
    deploy(target("first"), toolchain, SilentProgress())
    before = _observed(apiserver)

    with pytest.raises(PolicyViolationError) as replaced:
        deploy(target("second"), toolchain, SilentProgress())
    assert "PersistentVolumeClaim 'volumes/data' must not be replaced" in str(replaced.value)
    assert "volume-forbids-replacement" in str(replaced.value)
    assert "nothing was changed" in str(replaced.value)
    assert len(replaced.value.violations) == 1
    assert replaced.value.violations[0].urn.endswith("::data")
    assert _observed(apiserver) == before

    with pytest.raises(PolicyViolationError, match="PersistentVolumeClaim 'volumes/data' must not be deleted"):
        preview(target(""), toolchain, SilentProgress())
    assert _observed(apiserver) == before

    # And the stack is left usable: the same again has nothing to do.
    assert not deploy(target("first"), toolchain, SilentProgress()).applied
