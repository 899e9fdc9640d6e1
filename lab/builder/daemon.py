"""Starting the builder's daemon in namespaces of its own, and asking whether it answers."""

__all__ = ["answers", "launch"]

import http.client
import json
import os
import socket
import sys
import threading
import time
from pathlib import Path

from core.command import Command
from core.errors import SptFlowError
from lab.builder import guardian
from lab.builder.configuration import build_containerd_config, build_daemon_config, build_environment
from lab.builder.place import BuilderPlace

_NAMESPACES = ("--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private")
_START_SECONDS = 60.0
_ANSWER_SECONDS = 5.0
_LAST_LINES = 4
_TIDY = (
    # Newer images have taken their names.
    ("image", "prune", "--force"),
    # Each commit has a tag of its own; BuildKit keeps the layers apart, so that a build is none the slower.
    ("image", "prune", "--force", "--all", "--filter=until=168h"),
)


def launch(place: BuilderPlace) -> None:
    """Start the guardian and return once dockerd answers; raise SptFlowError with the log's end when it does not.

    The caller holds the place's `users` lock shared, and `starting`.
    """
    if os.geteuid() != 0:
        raise SptFlowError("The image builder runs Docker's daemon, which only root may.", next_command="sudo make up")
    place.daemon_config.write_text(json.dumps(build_daemon_config(place), indent=2))
    place.containerd_config.write_text(build_containerd_config(place))
    plan = guardian.GuardianPlan(
        users=str(place.users),
        running=str(place.running),
        socket=str(place.socket),
        containerd=["/usr/bin/containerd", "--config", str(place.containerd_config)],
        containerd_socket="/run/containerd/containerd.sock",
        dockerd=["/usr/sbin/dockerd", "--config-file", str(place.daemon_config)],
        tidy=[
            ["/usr/bin/docker", "--config", str(place.client_config), "--host", place.docker_host, *words]
            for words in _TIDY
        ],
        environment=build_environment(os.environ),
        cgroup=place.cgroup,
    )
    place.plan.touch(mode=0o600)  # a proxy's address may carry a password
    place.plan.write_text(json.dumps(plan, indent=2))
    with place.log.open("wb") as output:
        process = Command("unshare").start(
            *_NAMESPACES, sys.executable, "-I", str(Path(guardian.__file__)), str(place.plan), output=output
        )
    # It outlives this block; somebody has to collect it when it ends.
    threading.Thread(target=process.wait, daemon=True).start()
    deadline = time.monotonic() + _START_SECONDS
    while not answers(place):
        if process.returncode is not None or time.monotonic() > deadline:
            raise SptFlowError(f"The image builder's daemon does not come up: {_last_words(place)}")
        time.sleep(0.05)


def answers(place: BuilderPlace) -> bool:
    """Return whether the daemon answers on its socket now."""
    connection = http.client.HTTPConnection("docker", timeout=_ANSWER_SECONDS)
    try:
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.settimeout(_ANSWER_SECONDS)
        connection.sock.connect(str(place.socket))
        connection.request("GET", "/_ping")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _last_words(place: BuilderPlace) -> str:
    lines = place.log.read_text(errors="replace").split("\n")
    said = [line.strip() for line in lines if line.strip() and "level=info" not in line]
    return " | ".join(said[-_LAST_LINES:]) or "it said nothing"
