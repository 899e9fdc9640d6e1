import stat
from pathlib import Path

import pytest
import yaml

from lab.deploy.stack_file import load_stack_file
from lab.policy_check.throw_away import make_throw_away


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_nothing_of_the_users_is_in_it(name: str, tmp_path: Path) -> None:
    made = make_throw_away(load_stack_file(name), tmp_path)
    config = yaml.safe_load((made.work / f"Pulumi.{name}.yaml").read_text(encoding="utf-8"))
    assert config.keys() == {"config", "encryptionsalt"}
    kubeconfig = Path(config["config"]["spt-flow:kubeconfigPath"])
    assert kubeconfig.is_relative_to(tmp_path)
    content = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    assert [each["cluster"]["server"] for each in content["clusters"]] == ["https://127.0.0.1:9"]
    assert content["current-context"] == config["config"]["spt-flow:kubeContext"] == made.settings.cluster.kube_context
    for path in (made.passphrase, kubeconfig):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_lab_has_its_usual_values_without_running(tmp_path: Path) -> None:
    settings = make_throw_away(load_stack_file("dev"), tmp_path).settings
    assert settings.entry.coder_access_url == "http://10.98.0.80"
    assert settings.registry.registry_cluster_ip == "10.98.0.50"


def test_a_key_service_or_an_environment_is_not_taken(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    source = load_stack_file("prod")
    text = source.path.read_text(encoding="utf-8")
    more = "secretsprovider: awskms://alias/x\nencryptedkey: eA==\nencryptionsalt: v1:x\nenvironment: [shared]\n"
    (project / "Pulumi.prod.yaml").write_text(
        f"{more}{text}\n  spt-flow:coderConnectToken:\n    secure: v1:canary:canary\n", encoding="utf-8"
    )
    (project / "Pulumi.yaml").write_text((source.path.parent / "Pulumi.yaml").read_text(encoding="utf-8"))
    made = make_throw_away(load_stack_file("prod", project), tmp_path / "away")
    written = (made.work / "Pulumi.prod.yaml").read_text(encoding="utf-8")
    for word in ("canary", "awskms", "encryptedkey", "environment:"):
        assert word not in written
