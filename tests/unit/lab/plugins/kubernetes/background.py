"""An `up` in a process of its own: programs that are cut off leave nothing behind in the tests' process."""

__all__ = ["BackgroundUp", "many_maps", "one_pod"]

import faulthandler
import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pulumi
import pulumi_kubernetes as k8s
from pulumi import automation as auto

from tests.support.pulumi_engine import PulumiEngine

if TYPE_CHECKING:
    from tests.unit.lab.plugins.kubernetes.conftest import Stage


def many_maps(options: pulumi.ResourceOptions, namespace: str, count: int) -> None:
    """Make ConfigMaps `map-0`, `map-1` ..."""
    for number in range(count):
        metadata: Any = {"name": f"map-{number}", "namespace": namespace}
        k8s.core.v1.ConfigMap(f"map-{number}", metadata=metadata, data={"number": str(number)}, opts=options)


def one_pod(options: pulumi.ResourceOptions, namespace: str, count: int) -> None:
    """Make the Pod `pod`, and wait for it if `count` is not 0."""
    annotations = {} if count else {"pulumi.com/skipAwait": "true"}
    metadata: Any = {"name": "pod", "namespace": namespace, "annotations": annotations}
    spec: Any = {"containers": [{"name": "main", "image": "localhost/none"}]}
    k8s.core.v1.Pod("pod", metadata=metadata, spec=spec, opts=options)


Body = Callable[[pulumi.ResourceOptions, str, int], None]


def _run(cli: Path, folder: Path, kubeconfig: str, body: Body, namespace: str, count: int) -> None:  # noqa: PLR0917 - see BackgroundUp
    def program() -> None:
        provider = k8s.Provider("cluster", kubeconfig=kubeconfig, context="test")
        body(pulumi.ResourceOptions(provider=provider), namespace, count)

    faulthandler.dump_traceback_later(50, exit=True)
    try:
        PulumiEngine(cli, folder).up(program)
    except (auto.CommandError, OSError):
        os._exit(1)  # threads of a program that was cut off may never end
    os._exit(0)


class BackgroundUp:
    """A running `up` of `body`."""

    def __init__(self, stage: "Stage", body: Body, count: int) -> None:
        arguments = (
            stage.engine.cli,
            stage.engine.folder,
            stage.api.kubeconfig.read_text(),
            body,
            stage.namespace,
            count,
        )
        self._process = multiprocessing.get_context("spawn").Process(target=_run, args=arguments)
        self._process.start()

    @property
    def ended(self) -> bool:
        """Return whether it is over."""
        return not self._process.is_alive()

    def engine(self) -> psutil.Process | None:
        """Return the running `pulumi up`, or None once it is over."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not self.ended:
            for process in psutil.Process(self._process.pid).children(recursive=True):
                try:
                    if process.name() == "pulumi" and "up" in process.cmdline():
                        return process
                except psutil.Error:
                    continue
            time.sleep(0.02)
        return None

    def join(self) -> int:
        """Wait for the end; return the exit code, 0 for an `up` that was done."""
        self._process.join(60)
        self._process.kill()
        self._process.join(10)
        return self._process.exitcode or 0
