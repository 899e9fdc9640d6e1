"""Bringing a lab up, or to its wanted state when it runs already."""

__all__ = ["start_lab"]

import time

from core.errors import SptFlowError
from lab.cluster import network, sysctl
from lab.cluster.addons import ADDON_DEPLOYMENTS, apply_addons, build_addons, manifest_digest
from lab.cluster.api import ClusterApi
from lab.cluster.cgroup import CgroupTree
from lab.cluster.freshness import node_reported_since, pod_ready_since
from lab.cluster.health import PROGRAM_NAMES, deployment_available
from lab.cluster.journal import Journal
from lab.cluster.launch import build_boot_plan, launch, plan_digest
from lab.cluster.layout import ClusterLayout
from lab.cluster.lock import exclusive
from lab.cluster.node_images import import_images, runtime_answers
from lab.cluster.programs import Configured, configure
from lab.cluster.record import LabRecord, running_record, write_record
from lab.cluster.supervisor import Supervisor, SupervisorGoneError
from lab.cluster.wait import Waiter
from lab.images import node_images, platform_images
from lab.instance import LabInstance
from lab.progress import Progress
from lab.toolchain import Toolchain

_API_SECONDS = 90.0
_NODE_SECONDS = 90.0
_ADDON_SECONDS = 120.0
_PLATFORM = "Platform images"
_SETTINGS, _PROCESSES, _IMAGES, _API, _NODE, _ADDONS = _STEPS = (
    "Lab settings and keys",
    "Lab processes",
    "Node images",
    "Kubernetes API",
    "Node",
    "Cluster DNS and volumes",
)


def start_lab(instance: LabInstance, toolchain: Toolchain, progress: Progress, *, platform: bool = False) -> None:
    """Bring the lab up: processes, node Ready, DNS and volumes available.

    With `platform` the images of Coder and all that belongs to it are brought in too; they are large, and a lab that
    runs none of it is up sooner without them.
    A lab that runs is brought to the wanted state; only what changed is restarted. What a crash left is cleared away
    first; data is kept. Raises SptFlowError, with the last lines of the log of the component that did not come up.
    """
    kept = LabInstance.load(instance.directory)
    if kept is not None and kept != instance:
        raise SptFlowError(
            f"{instance.directory} holds the lab '{kept.name}' in slot {kept.slot}, not '{instance.name}' in slot "
            f"{instance.slot}: take it down first.",
            next_command="make down",
        )
    try:
        instance.save()
        with exclusive(instance):
            _Start(instance, toolchain, progress, platform=platform).run()
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise SptFlowError(f"The lab cannot be started: {where}{error.strerror or error}.") from None


class _Start:
    """One run of `start_lab`."""

    def __init__(self, instance: LabInstance, toolchain: Toolchain, progress: Progress, *, platform: bool) -> None:
        self._instance = instance
        self._toolchain = toolchain
        self._platform = platform
        self._bin = toolchain.bin
        self._progress = progress
        self._layout = ClusterLayout.of(instance)
        self._api = ClusterApi(instance)
        self._images = node_images(toolchain)
        self._launched_at: float | None = None

    def run(self) -> None:
        self._progress.plan([*_STEPS, *([_PLATFORM] if self._platform else [])])
        names = {image.name: image.reference for image in self._images}
        with self._progress.step(_SETTINGS):
            configured = configure(self._instance, self._bin, names["pause"])
        record = self._processes(configured)
        waiter = Waiter(record, self._layout)
        self._node_images(record, waiter)
        self._kubernetes_api(waiter)
        self._node(record, waiter)
        manifests = build_addons(self._instance, names, has_upstream_dns=configured.has_upstream_dns)
        self._addons(record, waiter, manifests)
        if self._platform:
            self._platform_images(record)
        if not configured.has_upstream_dns:
            reason = "this machine's name servers listen on its own loopback, or there are none"
            self._progress.left_out("names outside the cluster, for pods", reason)

    def _processes(self, configured: Configured) -> LabRecord:
        plan = build_boot_plan(self._instance, configured.environment, configured.supervisor_file)
        with self._progress.step(_PROCESSES) as step:
            journal = Journal(self._layout.journal)
            record = running_record(self._layout)
            connected = network.owner_of_device(self._instance.host_device) == self._instance.directory
            if record is not None and connected and record.plan == plan_digest(plan):
                try:
                    restarted = _update_programs(Supervisor(record.pid))
                except SupervisorGoneError:
                    step.note("the supervisor does not answer: starting again")
                else:
                    sysctl.prepare(journal)
                    network.ensure_reachable(self._instance, journal)
                    if not restarted:
                        step.unchanged("already running")
                    return record
            _clear_leftovers(self._instance)
            sysctl.prepare(journal)
            self._launched_at = time.time()
            return launch(self._instance, plan)

    def _node_images(self, record: LabRecord, waiter: Waiter) -> None:
        """Import while the API server starts: the kubelet's first pods need the images."""
        with self._progress.step(_IMAGES) as step:
            waiter.until(
                lambda: runtime_answers(record.pid), what="the start of containerd", program="containerd", seconds=30
            )
            if not import_images(record.pid, self._images):
                step.unchanged("already there")

    def _platform_images(self, record: LabRecord) -> None:
        with self._progress.step(_PLATFORM) as step:
            step.note("writing the archives")
            images = platform_images(self._toolchain)
            step.note("importing")
            if not import_images(record.pid, images):
                step.unchanged("already there")

    def _kubernetes_api(self, waiter: Waiter) -> None:
        with self._progress.step(_API) as step:
            if self._launched_at is None and self._api.ready():
                step.unchanged("already ready")
                return
            waiter.until(
                self._api.ready,
                what="the API server's readiness",
                program="kube-apiserver",
                seconds=_API_SECONDS,
            )

    def _node(self, record: LabRecord, waiter: Waiter) -> None:
        supervisor = Supervisor(record.pid)
        with self._progress.step(_NODE) as step:
            supervisor.start("kubelet")
            path = f"/api/v1/nodes/{self._instance.node_name}"
            if node_reported_since(self._api.object(path), self._launched_at):
                step.unchanged("already ready")
            waiter.until(
                lambda: node_reported_since(self._api.object(path), self._launched_at),
                what="the node's readiness",
                program="kubelet",
                seconds=_NODE_SECONDS,
            )
            waiter.until(
                lambda: _all_running(supervisor), what="the start of every program", program="kubelet", seconds=30
            )

    def _addons(self, record: LabRecord, waiter: Waiter, manifests: str) -> None:
        digest = manifest_digest(manifests)
        with self._progress.step(_ADDONS) as step:
            if record.addons == digest and self._launched_at is None and self._addons_available():
                step.unchanged("already available")
                return
            step.note("applying")
            apply_addons(self._instance, self._bin, manifests)
            step.note("waiting until available")
            waiter.until(
                self._addons_available,
                what="the availability of cluster DNS and the volume provisioner",
                program="kubelet",
                seconds=_ADDON_SECONDS,
            )
            write_record(self._layout, record.model_copy(update={"addons": digest}))

    def _addons_available(self) -> bool:
        for namespace, name in ADDON_DEPLOYMENTS:
            if not deployment_available(self._api.object(f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}")):
                return False
            selector = f"labelSelector=app.kubernetes.io%2Fname%3D{name}"
            pods = self._api.object(f"/api/v1/namespaces/{namespace}/pods?{selector}")
            if not any(pod_ready_since(pod, self._launched_at) for pod in (pods or {}).get("items", [])):
                return False
        return True


def _update_programs(supervisor: Supervisor) -> list[str]:
    """Restart what has changed and start what was given up; the kubelet waits for the images."""
    restarted = supervisor.update()
    for state in supervisor.processes():
        if state.state in {"FATAL", "EXITED", "STOPPED"} and state.name != "kubelet":
            supervisor.start(state.name)
            restarted.append(state.name)
    return restarted


def _clear_leftovers(instance: LabInstance) -> None:
    """End what a crashed lab left running; refuse when the device is another lab's."""
    owner = network.owner_of_device(instance.host_device)
    if owner not in {None, instance.directory}:
        raise SptFlowError(
            f"The device {instance.host_device} belongs to the lab in {owner}: two labs need different names.",
            next_command=f"make down in the checkout of {owner}",
        )
    groups = CgroupTree(instance.cgroup)
    if groups.kill():
        raise SptFlowError(f"Processes that a crashed lab left in the cgroup {instance.cgroup} cannot be ended.")
    # Groups of dead pods would keep the kubelet busy for seconds each.
    groups.remove()


def _all_running(supervisor: Supervisor) -> bool:
    running = {state.name for state in supervisor.processes() if state.running}
    return running.issuperset(PROGRAM_NAMES)
