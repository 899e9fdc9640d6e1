"""The device plugin against a kubelet's side of the API, over real sockets."""

import io
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from tempfile import TemporaryDirectory
from typing import Any

import grpc
import pytest

from core.errors import SptFlowError, UsageError
from jobs.environment import read_settings
from jobs.event_log import EventLog
from jobs.kvm import run as run_module
from jobs.kvm.node_labels import node_patch
from jobs.kvm.probe import Probe, probe_kvm
from jobs.kvm.protocol import PLUGIN_SERVICE, decoder, encode, message
from jobs.kvm.run import run_kvm_plugin
from jobs.kvm.settings import KvmPluginSettings
from microvm.level import Level
from tests.support.patience import wait_until

_WORKS = Probe(Level.GUEST, "a guest ran")
_BROKEN = Probe(Level.NONE, "there is no /dev/kvm")
_SECONDS = 10.0


@dataclass
class _Kubelet:
    """The kubelet's registration socket; `start` again is what a restart is."""

    folder: Path
    registered: "Queue[Any]" = field(default_factory=Queue)
    refuses: bool = False
    _server: Any = None

    def start(self) -> None:
        handlers = {
            "Register": grpc.unary_unary_rpc_method_handler(
                self._register, request_deserializer=decoder("RegisterRequest"), response_serializer=encode
            )
        }
        self._server = grpc.server(ThreadPoolExecutor(2))
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("v1beta1.Registration", handlers),))
        self._server.add_insecure_port(f"unix://{self.folder}/kubelet.sock")
        self._server.start()

    def stop(self, *, clear: bool = True) -> None:
        if self._server is not None:
            self._server.stop(None).wait()
        (self.folder / "kubelet.sock").unlink(missing_ok=True)
        for socket in self.folder.glob("*.sock") if clear else ():
            socket.unlink()

    def _register(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401 - made at run time
        if self.refuses:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "not this one")
        self.registered.put(request)
        return message("Empty")


@dataclass
class _Site:
    kubelet: _Kubelet
    settings: KvmPluginSettings
    log: io.StringIO
    probes: "list[Probe]"
    labels: "Queue[tuple[str, Probe]]"
    stop: threading.Event

    def call(self, method: str, answer: str, request: Any) -> Any:  # noqa: ANN401 - made at run time
        with self._channel() as channel:
            ask: Any = channel.unary_unary(
                f"/{PLUGIN_SERVICE}/{method}", request_serializer=encode, response_deserializer=decoder(answer)
            )
            return ask(request, timeout=_SECONDS)

    def watch(self, channel: grpc.Channel) -> Iterator[Any]:
        listen: Any = channel.unary_stream(
            f"/{PLUGIN_SERVICE}/ListAndWatch",
            request_serializer=encode,
            response_deserializer=decoder("ListAndWatchResponse"),
        )
        found: Iterator[Any] = listen(message("Empty"), timeout=_SECONDS)
        return found

    def _channel(self) -> grpc.Channel:
        return grpc.insecure_channel(f"unix://{self.socket}")

    @property
    def socket(self) -> Path:
        return self.settings.folder / "devices.spt-flow.dev-kvm.sock"

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Site]:
    """Give a plugin and a kubelet a folder of a path that fits into a socket's name."""
    monkeypatch.setattr(run_module, "_TICK_SECONDS", 0.05)
    with TemporaryDirectory(prefix="kvm-") as name:
        settings = KvmPluginSettings(
            SPT_KVM_NODE="node-1", SPT_KVM_FOLDER=Path(name), SPT_KVM_DEVICES=3, SPT_KVM_PROBE_SECONDS=0.05
        )
        made = _Site(_Kubelet(Path(name)), settings, io.StringIO(), [_WORKS], Queue(), threading.Event())
        made.kubelet.start()
        yield made
        made.kubelet.stop()


@pytest.fixture
def running(site: _Site) -> Iterator[_Site]:
    """Start the plugin there, and see that it leaves nothing."""
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(
            run_kvm_plugin,
            site.settings,
            EventLog("kvm-plugin", site.log),
            stop=site.stop,
            probe=lambda _device: site.probes[-1],
            label=lambda node, probe: site.labels.put((node, probe)),
        )
        try:
            yield site
        finally:
            site.stop.set()
            assert done.result(_SECONDS) == 0
    assert not site.socket.exists()


def test_the_kubelet_is_told_what_is_offered(running: _Site) -> None:
    request = running.kubelet.registered.get(timeout=_SECONDS)
    assert (request.version, request.resource_name) == ("v1beta1", "devices.spt-flow.dev/kvm")
    assert request.endpoint == running.socket.name
    assert running.labels.get(timeout=_SECONDS) == ("node-1", _WORKS)
    options = running.call("GetDevicePluginOptions", "DevicePluginOptions", message("Empty"))
    assert not options.pre_start_required
    assert not options.get_preferred_allocation_available


def test_several_pods_share_the_device(running: _Site) -> None:
    running.kubelet.registered.get(timeout=_SECONDS)
    with running._channel() as channel:
        places = next(running.watch(channel)).devices
    assert [(place.ID, place.health) for place in places] == [(f"kvm-{n}", "Healthy") for n in range(3)]
    one = message("ContainerAllocateRequest", devices_ids=["kvm-1"])
    answer = running.call("Allocate", "AllocateResponse", message("AllocateRequest", container_requests=[one, one]))
    given = [
        [(spec.container_path, spec.host_path, spec.permissions) for spec in each.devices]
        for each in answer.container_responses
    ]
    assert given == [[("/dev/kvm", "/dev/kvm", "rw")]] * 2


def test_a_device_that_breaks_is_taken_back_and_comes_again(running: _Site) -> None:
    running.kubelet.registered.get(timeout=_SECONDS)
    running.labels.get(timeout=_SECONDS)
    with running._channel() as channel:
        stream = running.watch(channel)
        for probe, health in ((_WORKS, "Healthy"), (_BROKEN, "Unhealthy"), (_WORKS, "Healthy")):
            running.probes.append(probe)
            assert {place.health for place in next(stream).devices} == {health}
    assert [running.labels.get(timeout=_SECONDS)[1] for _ in range(2)] == [_BROKEN, _WORKS]


@pytest.mark.parametrize("clear", [True, False])
def test_a_kubelet_that_starts_again_is_told_again(running: _Site, clear: bool) -> None:  # noqa: FBT001 - pytest's
    running.kubelet.registered.get(timeout=_SECONDS)
    running.kubelet.stop(clear=clear)
    with pytest.raises(Empty):
        running.kubelet.registered.get(timeout=0.3)
    running.kubelet.start()
    running.kubelet.registered.get(timeout=_SECONDS)
    with running._channel() as channel:
        assert len(next(running.watch(channel)).devices) == 3


def test_a_refusal_is_said_and_tried_again(running: _Site) -> None:
    running.kubelet.registered.get(timeout=_SECONDS)
    running.kubelet.refuses = True
    running.socket.unlink()
    wait_until(lambda: any(event["event"] == "failed" for event in running.events()))
    failed = next(event for event in running.events() if event["event"] == "failed")
    assert failed["message"] == "The kubelet refused the resource 'devices.spt-flow.dev/kvm': not this one."
    running.kubelet.refuses = False
    running.kubelet.registered.get(timeout=_SECONDS)


def test_labels_that_cannot_be_set_do_not_stop_the_plugin(site: _Site) -> None:
    def refuse(_node: str, _probe: Probe) -> None:
        raise SptFlowError("The labels could not be set.")

    with ThreadPoolExecutor(1) as pool:
        pool.submit(
            run_kvm_plugin,
            site.settings,
            EventLog("kvm-plugin", site.log),
            stop=site.stop,
            probe=lambda _device: _BROKEN,
            label=refuse,
        )
        site.kubelet.registered.get(timeout=_SECONDS)
        site.stop.set()
    assert any(event["event"] == "failed" and event["what"] == "label" for event in site.events())


def test_the_labels() -> None:
    assert node_patch(_BROKEN) == {
        "metadata": {
            "labels": {"spt-flow.dev/kvm": "false", "spt-flow.dev/kvm-level": "none"},
            "annotations": {"spt-flow.dev/kvm-message": "there is no /dev/kvm"},
        }
    }


def test_a_probe_of_what_is_no_kvm() -> None:
    found = probe_kvm("/dev/null")
    assert (found.level, found.works) == (Level.NONE, False)
    assert "does not answer as KVM does" in found.message


@pytest.mark.parametrize(
    ("name", "value"), [("SPT_KVM_RESOURCE", "kvm"), ("SPT_KVM_DEVICES", "0"), ("SPT_KVM_PROBE_SECONDS", "x")]
)
def test_bad_settings_are_one_sentence(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"The environment variable {name} has the value '{value}'"):
        read_settings(KvmPluginSettings, {"SPT_KVM_NODE": "n", name: value})
