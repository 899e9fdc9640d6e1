"""A stack of the user's: the same program on a cluster reached by a kubeconfig, with a backend of the user's choice."""

from pathlib import Path

import pytest

import versions
from lab.toolchain import Toolchain
from tests.support.checkout import Checkout
from tests.support.kubectl import Kubectl
from tests.support.lab_instance import running_lab

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600)]


def test_staging_goes_up_on_a_cluster_given_by_kubeconfig(toolchain: Toolchain, tmp_path: Path) -> None:
    checkout = Checkout.copy_to(tmp_path / "tree")
    state = tmp_path / "state"
    state.mkdir()
    environment = {
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase of the test's own",
    }
    with running_lab(toolchain) as cluster:
        checkout.edit("Pulumi.staging.yaml", "kubeContext: staging.example.com", f"kubeContext: {cluster.context}")
        checkout.append("Pulumi.staging.yaml", f"  spt-flow:kubeconfigPath: {cluster.kubeconfig}\n")
        image = f"localhost/spt-flow/registry:{versions.REGISTRY}"  # the test's cluster has nowhere to pull from
        checkout.append("Pulumi.staging.yaml", f"  spt-flow:registryImage: {image}\n")
        tracked = (checkout.root / "Pulumi.staging.yaml").read_bytes()

        first = checkout.lab("up", "--stack", "staging", env=environment)
        assert first.returncode == 0, first.stderr
        assert "Stack staging: " in first.stdout
        Kubectl(toolchain.bin, cluster.kubeconfig).wait(
            "deployment/registry", "condition=Available", namespace="coder", seconds=5
        )

        second = checkout.lab("up", "--stack", "staging", env=environment)
        assert second.returncode == 0, second.stderr
        assert "nothing to change" in second.stdout
        assert (checkout.root / "Pulumi.staging.yaml").read_bytes() == tracked
        assert not (checkout.root / ".lab").exists()
    checkpoints = [path.read_text(encoding="utf-8") for path in state.rglob("*.json")]
    assert checkpoints
    assert all(environment["PULUMI_CONFIG_PASSPHRASE"] not in text for text in checkpoints)
