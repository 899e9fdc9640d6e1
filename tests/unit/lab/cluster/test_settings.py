"""Settings of every component, compared with golden files, and the rules that must never be lost from them."""

import configparser
import shlex
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.errors import SptFlowError
from lab.cluster import control_plane, node
from lab.cluster.addons import build_addons
from lab.cluster.encryption import build_encryption_configuration, ensure_encryption_key
from lab.cluster.layout import ClusterLayout
from lab.cluster.network import build_rules
from lab.cluster.program import Program, build_supervisor_configuration
from lab.cluster.programs import build_programs
from lab.instance import LabInstance

Golden = Callable[[str, Any], None]

LAB = LabInstance(name="unit", directory=Path("/srv/lab"), slot=5)
LAYOUT = ClusterLayout.of(LAB)
IMAGES = {name: f"localhost/spt-flow/{name}:1" for name in ("coredns", "local-path-provisioner", "busybox")}


def test_programs(golden: Golden) -> None:
    programs = build_programs(LAB, LAYOUT, Path("/opt/bin"))
    golden("cluster/programs", {program.name: list(program.command) for program in programs})


def test_kubelet(golden: Golden) -> None:
    golden("cluster/kubelet", node.build_kubelet_configuration(LAB, LAYOUT, LAYOUT.config / "resolv.conf"))


def test_kube_proxy(golden: Golden) -> None:
    golden("cluster/kube-proxy", node.build_kube_proxy_configuration(LAB, LAYOUT))


def test_containerd(golden: Golden) -> None:
    golden("cluster/containerd", tomllib.loads(node.build_containerd_configuration(LAYOUT, "localhost/pause:1")))


def test_pod_network(golden: Golden) -> None:
    golden("cluster/pod-network", node.build_pod_network(LAB))


def test_registry_hosts_lead_to_the_registrys_service_address() -> None:
    hosts = tomllib.loads(node.build_registry_hosts(LAB))
    assert hosts["server"] == "http://10.98.5.50:5000"
    assert hosts["host"] == {"http://10.98.5.50:5000": {"capabilities": ["pull", "resolve"]}}


def test_host_rules(golden: Golden) -> None:
    golden("cluster/host-rules", [list(rule) for rule in build_rules(LAB)])


def test_without_a_certificate_only_health_may_be_asked() -> None:
    anonymous = control_plane.build_authentication_configuration()["anonymous"]
    assert {condition["path"] for condition in anonymous["conditions"]} == {"/livez", "/readyz", "/healthz"}


def test_no_secret_is_on_a_command_line() -> None:
    for program in build_programs(LAB, LAYOUT, Path("/opt/bin")):
        assert not [word for word in program.command if "token" in word.lower() or "password" in word.lower()]


def test_a_changed_file_changes_the_programs_digest(tmp_path: Path) -> None:
    settings = tmp_path / "settings"
    program = Program("web", ["web"], (settings,))
    digests = {program.digest()}
    for text in ("one", "two"):
        settings.write_text(text)
        digests.add(program.digest())
    assert len(digests) == 3
    assert Program("web", ["web", "--more"], (settings,)).digest() not in digests


def test_the_supervisors_configuration_is_read_as_it_was_meant() -> None:
    odd = ClusterLayout(Path("/srv/100% a lab"))
    command = ["/opt/a b/web", f"--data={odd.root}/data"]
    text = build_supervisor_configuration([Program("web", command, autostart=False)], odd, {"PATH": "/bin"})
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    web = parser["program:web"]
    assert shlex.split(web["command"].replace("%%", "%")) == command
    assert web["stdout_logfile"] == "/srv/100%% a lab/logs/web.log"
    assert (web["autorestart"], web["autostart"]) == ("true", "false")
    assert int(web["stdout_logfile_maxbytes"]) <= 10 * 1024**2
    assert parser["unix_http_server"]["chmod"] == "0700"


@pytest.mark.parametrize("upstream", [True, False])
def test_addons(golden: Golden, *, upstream: bool) -> None:
    name = "cluster/addons" if upstream else "cluster/addons-without-upstream-dns"
    golden(name, list(yaml.safe_load_all(build_addons(LAB, IMAGES, has_upstream_dns=upstream))))


def test_addons_are_limited_and_confined() -> None:
    items = list(yaml.safe_load_all(build_addons(LAB, IMAGES, has_upstream_dns=True)))
    pods = [item["spec"]["template"]["spec"] for item in items if item["kind"] == "Deployment"]
    assert len(pods) == 2
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        for container in pod["containers"]:
            assert container["resources"]["limits"].keys() == {"cpu", "memory"}
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert container["securityContext"]["readOnlyRootFilesystem"] is True


def test_the_key_of_secrets_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key = ensure_encryption_key(path)
    assert ensure_encryption_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    providers = build_encryption_configuration(key)["resources"][0]["providers"]
    assert list(providers[0]) == ["secretbox"], "the first provider is the one that writes"


@pytest.mark.parametrize("damage", ["", "short", "not base64 !", "AAAA"])
def test_a_damaged_key_is_never_replaced(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "key"
    path.write_text(damage)
    with pytest.raises(SptFlowError, match="is damaged") as refused:
        ensure_encryption_key(path)
    assert path.read_text() == damage
    assert damage == "" or damage not in refused.value.message
