"""Runs of the kubernetes edition that are cut off: by Ctrl-C while an object is waited for, and by SIGKILL anywhere."""

import gc
import random
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psutil
import pulumi
import pulumi_kubernetes as k8s
import pytest
from pulumi import automation as auto

if TYPE_CHECKING:
    from tests.unit.lab.plugins.kubernetes.conftest import Program, Stage

_MAPS = 12
_ROUNDS = 3

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # programs that are cut off


def _wait_for(condition: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def _engine_of(stage: "Stage") -> psutil.Process | None:
    """Return the running `pulumi up` of this test."""
    home = str(stage.engine.folder)
    for process in psutil.Process().children(recursive=True):
        try:
            if process.name() == "pulumi" and "up" in process.cmdline() and home in process.cwd():
                return process
        except psutil.Error:
            continue
    return None


class _Run:
    """An `up` in the background."""

    def __init__(self, stage: "Stage", program: "Program") -> None:
        self.error: Exception | None = None
        self._stage, self._program = stage, program
        self._thread = threading.Thread(target=self._up)
        self._thread.start()

    def _up(self) -> None:
        try:
            self._stage.up(self._program)
        except (auto.CommandError, OSError) as error:
            self.error = error

    def engine(self) -> psutil.Process:
        _wait_for(lambda: _engine_of(self._stage), 60)
        found = _engine_of(self._stage)
        assert found is not None
        return found

    def join(self) -> None:
        self._thread.join(60)
        assert not self._thread.is_alive()
        gc.collect()


def _pod_maps(stage: "Stage") -> "Program":
    def program(options: pulumi.ResourceOptions) -> None:
        for number in range(_MAPS):
            metadata: Any = {"name": f"map-{number}", "namespace": stage.namespace}
            k8s.core.v1.ConfigMap(f"map-{number}", metadata=metadata, data={"number": str(number)}, opts=options)

    return program


def test_ctrl_c_while_waiting_leaves_a_sound_state(stage: "Stage") -> None:
    def program(*, wait: bool) -> "Program":
        def body(options: pulumi.ResourceOptions) -> None:
            annotations = {} if wait else {"pulumi.com/skipAwait": "true"}
            metadata: Any = {"name": "pod", "namespace": stage.namespace, "annotations": annotations}
            spec: Any = {"containers": [{"name": "main", "image": "localhost/none"}]}
            k8s.core.v1.Pod("pod", metadata=metadata, spec=spec, opts=options)

        return body

    run = _Run(stage, program(wait=True))
    engine = run.engine()
    _wait_for(lambda: stage.live("/api/v1/namespaces/~/pods")["items"], 60)
    time.sleep(1)
    engine.send_signal(2)
    run.join()
    assert run.error is not None
    state = stage.state("pod")
    assert state["id"] == f"{stage.namespace}/pod"
    assert any("when the operation was cancelled" in reason for reason in state["initErrors"])
    assert stage.up(program(wait=False)) == {"update": 1}
    assert len(stage.live("/api/v1/namespaces/~/pods")["items"]) == 1


def test_kill_anywhere_then_up_converges(stage: "Stage") -> None:
    program = _pod_maps(stage)
    moments = random.Random(7)  # noqa: S311 - repeatable, not secret
    for _ in range(_ROUNDS):
        run = _Run(stage, program)
        engine = run.engine()
        time.sleep(moments.uniform(0.3, 2.5))
        plugins = engine.children(recursive=True)
        engine.kill()
        _, alive = psutil.wait_procs(plugins, timeout=10)
        run.join()
        assert alive == [], "no plugin outlives its engine"
        stage.engine.stack(lambda: None).cancel()
    stage.engine.up(stage.program(program))
    maps = stage.live("/api/v1/namespaces/~/configmaps")["items"]
    made = {item["metadata"]["name"]: item for item in maps if item["metadata"]["name"].startswith("map-")}
    assert {name: item["data"] for name, item in made.items()} == {
        f"map-{number}": {"number": str(number)} for number in range(_MAPS)
    }
    state = stage.engine.resources()
    uids = {name: state[name]["outputs"]["metadata"]["uid"] for name in made}
    assert uids == {name: item["metadata"]["uid"] for name, item in made.items()}
    assert stage.up(program) == {"same": _MAPS}
