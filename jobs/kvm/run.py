"""The plugin's loop: probe, offer, keep the kubelet's knowledge of us, until told to stop."""

__all__ = ["run_kvm_plugin"]

import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from core.errors import SptFlowError
from jobs.event_log import EventLog
from jobs.kvm.node_labels import label_node
from jobs.kvm.plugin import KvmPlugin
from jobs.kvm.probe import Probe, probe_kvm
from jobs.kvm.registration import Registration
from jobs.kvm.settings import KvmPluginSettings

_TICK_SECONDS: Final = 1.0


def run_kvm_plugin(
    settings: KvmPluginSettings,
    log: EventLog,
    *,
    stop: threading.Event | None = None,
    probe: Callable[[str], Probe] = probe_kvm,
    label: Callable[[str, Probe], None] = label_node,
) -> int:
    """Serve until `stop`, or a SIGTERM, and return the exit code."""
    stop = stop or _stop_at_signals()
    plugin = KvmPlugin(settings.device, settings.devices)
    registration = Registration(plugin, folder=settings.folder, resource=settings.resource)
    labelled: Probe | None = None
    found = probe(settings.device)
    next_probe = time.monotonic() + settings.probe_seconds
    try:
        while not stop.is_set():
            plugin.set_health(works=found.works)
            if found != labelled and _done(log, "label", partial(label, settings.node, found)):
                log.write("probed", node=settings.node, reached=found.level.name.lower(), message=found.message)
                labelled = found
            _done(log, "register", lambda: registration.keep(lambda name: log.write("registered", resource=name)))
            stop.wait(_TICK_SECONDS)
            if time.monotonic() >= next_probe:
                found = probe(settings.device)
                next_probe = time.monotonic() + settings.probe_seconds
    finally:
        registration.close()
    return 0


def _done(log: EventLog, what: str, action: Callable[[], object]) -> bool:
    """Do something that is tried again at the next tick if it fails."""
    try:
        action()
    except SptFlowError as error:
        log.write("failed", level="error", what=what, message=error.message)
        return False
    return True


def _stop_at_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
