"""Runs of the kubernetes edition that are cut off: by Ctrl-C while an object is waited for, and by SIGKILL anywhere."""

import contextlib
import random
import shutil
import signal
import time
from typing import TYPE_CHECKING

import psutil

from lab.deploy.state_file import is_readable
from lab.deploy.state_recovery import sweep_unfinished
from tests.support.patience import wait_until
from tests.unit.lab.plugins.kubernetes.background import BackgroundUp, many_maps, one_pod

if TYPE_CHECKING:
    from tests.unit.lab.plugins.kubernetes.conftest import Stage

_MAPS = 24
_ROUNDS = 4


def _count_maps(stage: "Stage") -> int:
    maps = stage.live("/api/v1/namespaces/~/configmaps")["items"]
    return sum(item["metadata"]["name"].startswith("map-") for item in maps)


def test_ctrl_c_while_waiting_leaves_a_sound_state(stage: "Stage") -> None:
    run = BackgroundUp(stage, one_pod, 1)
    engine = run.engine()
    assert engine is not None
    wait_until(lambda: stage.live("/api/v1/namespaces/~/pods")["items"])
    time.sleep(1)
    engine.send_signal(signal.SIGINT)
    assert run.join() != 0
    state = stage.state("pod")
    assert state["id"] == f"{stage.namespace}/pod"
    assert any("when the operation was cancelled" in reason for reason in state["initErrors"])
    assert stage.up(lambda options: one_pod(options, stage.namespace, 0)) == {"update": 1}
    assert len(stage.live("/api/v1/namespaces/~/pods")["items"]) == 1


def _restore_checkpoint(stage: "Stage") -> None:
    """Make good what the kill tore while the engine wrote its state, as a deployment does before it runs."""
    backend = stage.engine.backend
    sweep_unfinished(backend)
    for backup in backend.rglob("stacks/**/test.json.bak"):
        checkpoint = backup.with_name("test.json")
        if not is_readable(checkpoint):
            shutil.copyfile(backup, checkpoint)


def test_kill_anywhere_then_up_converges(stage: "Stage") -> None:
    moments = random.Random(7)  # noqa: S311 - repeatable, not secret
    cut_off = 0
    for number in sorted(moments.sample(range(1, _MAPS), _ROUNDS)):
        run = BackgroundUp(stage, many_maps, _MAPS)
        engine = run.engine()
        wait_until(lambda: _count_maps(stage) >= number or run.ended, longest_pause=0.02)  # noqa: B023 - used at once
        plugins: list[psutil.Process] = []
        with contextlib.suppress(psutil.NoSuchProcess, AttributeError):  # it was faster
            plugins = engine.children(recursive=True)  # type: ignore[union-attr]  # see above
            engine.kill()  # type: ignore[union-attr]  # see above
        _, alive = psutil.wait_procs(plugins, timeout=30)
        cut_off += run.join() != 0
        assert alive == [], "no plugin outlives its engine"
        _restore_checkpoint(stage)
        stage.engine.stack(lambda: None).cancel()
    assert cut_off, "no run was cut off"

    def program(options: object) -> None:
        many_maps(options, stage.namespace, _MAPS)  # type: ignore[arg-type]  # resource options

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
