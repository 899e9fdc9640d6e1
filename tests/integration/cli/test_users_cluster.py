"""A stack of the user's: the same program on a cluster reached by a kubeconfig, with a backend of the user's choice."""

from pathlib import Path

import pytest
import yaml

from lab.images.platform_tools import platform_tools_reference
from lab.instance import LabInstance
from lab.toolchain import Toolchain
from tests.support.checkout import Checkout
from tests.support.kubectl import Kubectl
from tests.support.lab_instance import running_lab

FROM_THE_LAB = ("Image", "coderChart", "ChartVersion", "Request", "StorageClass", "templateModules", "templateClaude")
"""How the keys end that the lab's stack sets because of where it runs."""

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600)]


def test_staging_goes_up_on_a_cluster_given_by_kubeconfig(toolchain: Toolchain, tmp_path: Path) -> None:
    checkout = Checkout.copy_to(tmp_path / "tree")
    state = tmp_path / "state"
    state.mkdir()
    environment = {
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase of the test's own",
    }
    with running_lab(toolchain, platform=True) as cluster:
        adapt_staging(checkout.root, cluster)
        tracked = (checkout.root / "Pulumi.staging.yaml").read_bytes()

        first = checkout.lab("up", "--stack", "staging", env=environment)
        assert first.returncode == 0, first.stderr
        assert "Stack staging: " in first.stdout
        kubectl = Kubectl(toolchain.bin, cluster.kubeconfig)
        for name in ("registry", "coder"):
            kubectl.wait(f"deployment/{name}", "condition=Available", namespace="coder", seconds=5)

        second = checkout.lab("up", "--stack", "staging", env=environment)
        assert second.returncode == 0, second.stderr
        assert "nothing to change" in second.stdout
        assert (checkout.root / "Pulumi.staging.yaml").read_bytes() == tracked
        assert not (checkout.root / ".lab").exists()
    checkpoints = [path.read_text(encoding="utf-8") for path in state.rglob("*.json")]
    assert checkpoints
    assert all(environment["PULUMI_CONFIG_PASSPHRASE"] not in text for text in checkpoints)


def adapt_staging(root: Path, cluster: LabInstance) -> None:
    """Lead the stack to the test's cluster, which can pull nothing, has two cores, and no Gateway."""
    path = root / "Pulumi.staging.yaml"
    staging = yaml.safe_load(path.read_text(encoding="utf-8"))
    dev = yaml.safe_load((root / "Pulumi.dev.yaml").read_text(encoding="utf-8"))["config"]
    staging["config"] |= {key: value for key, value in dev.items() if key.endswith(FROM_THE_LAB)}
    for key in [key for key in staging["config"] if key.startswith(("spt-flow:coderEntry", "spt-flow:coderTls"))]:
        del staging["config"][key]
    for key in ("snapshotDriver", "coderHostname", "monitoringNamespace", "monitoringLabels", "logHost"):
        staging["config"].pop(f"spt-flow:{key}", None)
    staging["config"] |= {
        "spt-flow:kubeContext": cluster.context,
        "spt-flow:kubeconfigPath": str(cluster.kubeconfig),
        "spt-flow:coderAccessUrl": cluster.coder_url,
        "spt-flow:coderWildcardAccessUrl": "",
        "spt-flow:coderClusterIp": str(cluster.coder_address),
        "spt-flow:platformToolsImage": platform_tools_reference(),
        "spt-flow:policyConfig": "dev",  # its images, its chart and its URL are the lab's
        "spt-flow:homeSnapshots": "none",  # the cluster has no kinds of snapshots
        "spt-flow:monitoring": "services",  # nor those of Prometheus' operator
        "spt-flow:dashboards": "none",  # no Grafana
        "spt-flow:logOutput": "none",  # no image of Fluent Bit, and nobody to send logs to
        "spt-flow:templateSmoke": False,  # the dev stack's are tried in its own tests
    }
    path.write_text(yaml.safe_dump(staging), encoding="utf-8")
