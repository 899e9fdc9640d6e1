"""A real one-node Kubernetes in namespaces of its own: keys, settings, processes, network, health."""

from lab.cluster.health import PartHealth, lab_is_running, lab_status
from lab.cluster.start import start_lab
from lab.cluster.stop import stop_lab

__all__ = ["PartHealth", "lab_is_running", "lab_status", "start_lab", "stop_lab"]
