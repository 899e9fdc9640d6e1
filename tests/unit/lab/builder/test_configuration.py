"""What the builder's daemons are told."""

import ipaddress
import tomllib
from pathlib import Path

from lab.builder.configuration import build_containerd_config, build_daemon_config, build_environment
from lab.builder.place import BuilderPlace
from lab.instance import LabInstance

PLACE = BuilderPlace(Path("/cache/docker"))


def test_the_machines_network_is_left_alone() -> None:
    settings = build_daemon_config(PLACE)
    assert settings["bridge"] == "none"
    assert {settings[name] for name in ("iptables", "ip-forward", "ip-masq", "userland-proxy")} == {False}


def test_whatever_is_kept_lies_in_the_builders_folder() -> None:
    settings = build_daemon_config(PLACE)
    containerd = tomllib.loads(build_containerd_config(PLACE))
    assert {Path(settings["data-root"]).parent, Path(containerd["root"]).parent} == {PLACE.root}
    assert settings["hosts"] == [f"unix://{PLACE.root}/docker.sock"]
    assert settings["containerd"] == containerd["grpc"]["address"]


def test_the_registry_of_every_lab_may_speak_plain_http(tmp_path: Path) -> None:
    networks = [ipaddress.ip_network(text) for text in build_daemon_config(PLACE)["insecure-registries"]]
    for slot in (0, 63):
        lab = LabInstance(name="lab", slot=slot, directory=tmp_path)
        for address in (lab.registry_address, lab.node_address):
            assert any(address in network for network in networks)


def test_the_daemon_gets_the_way_to_registries_and_nothing_else() -> None:
    told = {"HTTPS_PROXY": "http://proxy.example.com:3128", "no_proxy": "intra.example.com", "PULUMI_ACCESS_TOKEN": "x"}
    environment = build_environment(told)
    assert environment["HTTPS_PROXY"] == "http://proxy.example.com:3128"
    assert "PULUMI_ACCESS_TOKEN" not in environment
    for name in ("NO_PROXY", "no_proxy"):
        assert environment[name].split(",") == [
            "intra.example.com",
            "localhost",
            "127.0.0.0/8",
            "10.98.0.0/16",
            "10.99.0.0/16",
        ]
