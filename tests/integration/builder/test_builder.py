"""The image builder's life: shared while somebody builds, gone afterwards, whatever was killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import psutil
import pytest

from core.errors import SptFlowError
from lab.builder import builder, drop_builder
from lab.builder.client import DOCKER, docker_environment
from lab.builder.daemon import answers
from lab.builder.place import BuilderPlace
from tests.support.patience import wait_until

pytestmark = pytest.mark.lab

PROJECT: Final = Path(__file__).parents[3]
_USER: Final = """
import sys, time
from pathlib import Path
from lab.builder import builder
from lab.builder.place import BuilderPlace
with builder(place=BuilderPlace(Path(sys.argv[1]))):
    print("building", flush=True)
    time.sleep(60)
"""


def docker(place: BuilderPlace, *args: str) -> str:
    done = subprocess.run(
        [DOCKER, *args], env={**os.environ, **docker_environment(place)}, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def daemons(place: BuilderPlace) -> list[psutil.Process]:
    """Return the processes of this builder: guardian, containerd, dockerd."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if process.pid != os.getpid() and any(str(place.root) in word for word in process.info["cmdline"] or [])
    ]


def wait_until_gone(place: BuilderPlace) -> None:
    wait_until(lambda: not daemons(place), what=lambda: daemons(place))


def start_user(place: BuilderPlace) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen([sys.executable, "-c", _USER, str(place.root)], cwd=PROJECT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"building\n"
    process.stdout.close()
    return process


def test_it_runs_for_the_block_only_and_keeps_what_was_made(builder_place: BuilderPlace, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\n")
    with builder(place=builder_place) as docker_host:
        assert docker_host == builder_place.docker_host
        docker(builder_place, "build", "--quiet", "--tag", "kept:1", str(tmp_path))
    wait_until_gone(builder_place)
    assert not builder_place.socket.exists()
    assert not list(Path("/sys/fs/cgroup").glob(f"**/{builder_place.cgroup}"))
    with builder(place=builder_place):
        assert docker(builder_place, "image", "ls", "--quiet", "kept:1")


def test_an_image_whose_name_a_newer_one_took_is_not_kept(builder_place: BuilderPlace, tmp_path: Path) -> None:
    for content in ("old", "new"):
        (tmp_path / "Dockerfile").write_text(f"FROM scratch\nLABEL content={content}\nCOPY Dockerfile /\n")
        with builder(place=builder_place):
            docker(builder_place, "build", "--quiet", "--tag", "named:1", str(tmp_path))
        wait_until_gone(builder_place)
    with builder(place=builder_place):
        assert docker(builder_place, "image", "ls", "--quiet", "--filter", "dangling=true") == ""
        assert docker(builder_place, "image", "ls", "--quiet", "named:1")


def test_a_second_user_joins_and_the_last_one_ends_it(builder_place: BuilderPlace) -> None:
    other = start_user(builder_place)
    with builder(place=builder_place):
        other.send_signal(signal.SIGKILL)
        other.wait()
        time.sleep(0.5)
        assert answers(builder_place)
    wait_until_gone(builder_place)


def test_a_killed_user_leaves_nothing_running(builder_place: BuilderPlace) -> None:
    user = start_user(builder_place)
    user.send_signal(signal.SIGKILL)
    user.wait()
    wait_until_gone(builder_place)


def test_a_killed_guardian_takes_everything_along_and_the_next_start_is_a_good_one(builder_place: BuilderPlace) -> None:
    user = start_user(builder_place)
    guardian = next(process for process in daemons(builder_place) if "guardian.py" in " ".join(process.cmdline()))
    guardian.kill()
    user.send_signal(signal.SIGKILL)
    user.wait()
    wait_until_gone(builder_place)
    assert builder_place.socket.exists(), "it was killed before it could remove its socket"
    with builder(place=builder_place):
        assert docker(builder_place, "version", "--format", "{{.Server.Version}}")


def test_a_daemon_that_does_not_come_up_is_one_sentence_with_its_own_words(tmp_path: Path) -> None:
    place = BuilderPlace(tmp_path / "broken")
    place.make_folders()
    (place.data / "volumes").write_text("a file where a folder should be")
    with (
        pytest.raises(SptFlowError, match=r"daemon does not come up: .*/volumes: not a directory"),
        builder(place=place),
    ):
        pytest.fail("it came up")
    wait_until_gone(place)


def test_dropping_it_removes_every_layer(tmp_path: Path) -> None:
    place = BuilderPlace(tmp_path / "dropped")
    with builder(place=place):
        pass
    assert drop_builder(place=place) == place.root
    assert not place.root.exists()
    with builder(place=place):
        assert answers(place)
