from collections.abc import Callable
from typing import Any

import pulumi

from components.workspace_config import build_workspace_config, workspace_config
from tests.support.recording import declare

_URL = "registry.coder.svc.cluster.local:5000"


def test_manifest(golden: Callable[[str, Any], None]) -> None:
    golden("workspace-config", build_workspace_config("coder", _URL))


def test_it_is_registered_as_built() -> None:
    found = declare(lambda: workspace_config(namespace="coder", registry_url=_URL, opts=pulumi.ResourceOptions()))
    assert found["workspace-config"].inputs == build_workspace_config("coder", _URL)
