"""What the log collector's pod may do on a real node: its own specification, with a shell in place of Fluent Bit."""

import json
import secrets
from typing import Any

import pytest

from components.logs_config import BUFFER_FOLDER, LOG_FOLDERS
from components.logs_manifests import build_daemon_set
from tests.integration.conftest import Platform
from tests.support.patience import wait_until

pytestmark = pytest.mark.lab

# One word a line for each thing that holds.
_SCRIPT = f"""
set -- {LOG_FOLDERS[0]}/coder-*_coder_coder-*.log
tail -n 1 "$1" >/dev/null && echo read
[ "$(stat -c %a "$(readlink -f "$1")")" != 644 ] && echo private
touch {BUFFER_FOLDER}/mark && rm {BUFFER_FOLDER}/mark && echo kept
touch {LOG_FOLDERS[0]}/mark 2>/dev/null || echo read-only-links
touch {LOG_FOLDERS[1]}/mark 2>/dev/null || echo read-only-logs
touch /mark 2>/dev/null || echo read-only-root
grep -q '^CapEff:.0*$' /proc/self/status && echo no-capability
sleep 600
"""


def _pod(platform: Platform, name: str) -> dict[str, Any]:
    """Return the DaemonSet's pod, out of the platform's namespaces: the lab's stack has no collector, and no rights."""
    daemon_set = build_daemon_set("default", image=platform.shell_image.reference, config={})
    spec = json.loads(json.dumps(daemon_set["spec"]["template"]["spec"]))
    spec |= {"serviceAccountName": "default", "automountServiceAccountToken": False}
    spec["terminationGracePeriodSeconds"] = 0
    (container,) = spec["containers"]
    for probe in ("livenessProbe", "readinessProbe", "args"):
        del container[probe]
    container["command"] = ["sh", "-c", _SCRIPT]
    spec["volumes"] = [volume for volume in spec["volumes"] if "configMap" not in volume]
    container["volumeMounts"] = [mount for mount in container["volumeMounts"] if mount["name"] != "config"]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "default"}, "spec": spec}


def test_it_reads_every_pods_log_and_changes_nothing_but_its_own_folder(platform: Platform) -> None:
    name = f"collector-{secrets.token_hex(3)}"
    try:
        platform.kubectl.apply(_pod(platform, name))
        platform.kubectl.wait(f"pod/{name}", "condition=Ready", namespace="default")

        def said() -> list[str]:
            return platform.kubectl.run("-n", "default", "logs", name).stdout.split()

        wait_until(lambda: "no-capability" in said(), seconds=90)
        expected = ["read", "private", "kept", "read-only-links", "read-only-logs", "read-only-root", "no-capability"]
        assert said() == expected
    finally:
        platform.kubectl.delete(f"pod/{name}", namespace="default")
