"""What the docker client is told, and what is made of what it says. A stand-in writes down how it was called."""

import asyncio
import base64
import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import SptFlowError
from lab.plugins.docker.build import login_of, make_image, redactor_of
from lab.plugins.docker.client import DockerClient, DockerFailedError
from lab.plugins.docker.client_config import Login, client_config
from lab.plugins.docker.inputs import ImageSettings
from lab.plugins.protocol.errors import OperationCancelledError
from lab.plugins.protocol.values import Properties, Secret

PASSWORD = "canary-password-77"  # noqa: S105 - looked for where it must not be
TOKEN = "canary-token-77"  # noqa: S105 - looked for where it must not be
DIGEST = f"sha256:{'a' * 64}"
STAND_IN = f"""#!/bin/sh
echo "$@" >>"$STAND_IN/arguments"
env >"$STAND_IN/environment-$1"
cat "$DOCKER_CONFIG/config.json" >"$STAND_IN/config-$1"
for word; do case "$word" in --iidfile=*) echo {DIGEST} >"${{word#--iidfile=}}" ;; esac; done
[ ! -f "$STAND_IN/$1" ] || . "$STAND_IN/$1"
[ "$1" != push ] || echo "1: digest: {DIGEST} size: 5"
"""
INPUTS: Properties = {
    "imageName": "registry.example.com/team/x:1",
    "registry": {"server": "registry.example.com", "username": "pusher", "password": PASSWORD},
    "build": {
        "context": ".",
        "dockerfile": "Dockerfile",
        "platform": "linux/amd64",
        "args": {"OPEN": "one two", "TOKEN": Secret(TOKEN), "PATH": "/in/the/image"},
        "addHosts": ["a:10.0.0.1"],
        "cacheFrom": {"images": ["registry.example.com/team/x:cache"]},
        "network": "host",
        "target": "slim",
    },
}


class Machine:
    """A folder with the stand-in, and a client that finds it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.cancelled = asyncio.Event()
        (folder / "docker").write_text(STAND_IN)
        (folder / "docker").chmod(0o755)

    def behave(self, verb: str, script: str) -> None:
        (self.folder / verb).write_text(script)

    async def say(self, line: str) -> None:
        self.said.append(line)

    def client(self, inputs: Properties, config: Path) -> DockerClient:
        environment = {**os.environ, "STAND_IN": str(self.folder), "DOCKER_CONFIG": str(config)}
        redact = redactor_of(inputs, login_of(ImageSettings.of(inputs)))
        return DockerClient(environment, self.say, self.say, redact, self.cancelled, first_path=str(self.folder))

    async def make(self, inputs: Properties, *, push: bool = True) -> Properties:
        settings = ImageSettings.of(inputs)
        with client_config(login_of(settings), {"DOCKER_CONFIG": str(self.folder / "users")}) as config:
            return await make_image(settings, self.client(inputs, config), push=push)

    def arguments(self) -> list[str]:
        return (self.folder / "arguments").read_text().splitlines()

    def environment(self, verb: str) -> Mapping[str, str]:
        lines = (self.folder / f"environment-{verb}").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


@pytest.fixture
async def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def with_build(**changes: object) -> Properties:
    return {**INPUTS, "build": {**INPUTS["build"], **changes}}


async def test_pull_build_and_push_are_told_everything_and_no_secret(machine: Machine) -> None:
    outputs = await machine.make(INPUTS)
    pull, build, push = machine.arguments()
    assert pull == "pull --platform=linux/amd64 -- registry.example.com/team/x:cache"
    words = [word for word in build.split() if not word.startswith("--iidfile=")]
    assert words == [
        "build",
        "--file=Dockerfile",
        "--tag=registry.example.com/team/x:1",
        "--platform=linux/amd64",
        "--progress=plain",
        "--target=slim",
        "--network=host",
        "--cache-from=registry.example.com/team/x:cache",
        "--add-host=a:10.0.0.1",
        "--build-arg=OPEN",
        "--build-arg=TOKEN",
        "--build-arg=PATH=/in/the/image",
        "--",
        ".",
    ]
    assert push == "push -- registry.example.com/team/x:1"
    environment = machine.environment("build")
    assert (environment["OPEN"], environment["TOKEN"]) == ("one two", TOKEN)
    assert environment["PATH"] == os.environ["PATH"]
    assert TOKEN not in machine.environment("push").values()
    assert outputs["repoDigest"] == f"registry.example.com/team/x@{DIGEST}"
    assert "\n".join(machine.said).find("canary") == -1


async def test_an_image_that_is_not_pushed_has_its_local_id(machine: Machine) -> None:
    outputs = await machine.make(with_build(cacheFrom=None), push=False)
    assert outputs["repoDigest"] == DIGEST
    assert [line.split()[0] for line in machine.arguments()] == ["build"]


async def test_a_cache_that_is_not_there_is_told_and_does_no_harm(machine: Machine) -> None:
    machine.behave("pull", "echo no such image; exit 1")
    await machine.make(INPUTS)
    assert any("is not there to take layers from: no such image" in line for line in machine.said)


FAILED_BUILD = f"""
echo "#1 [internal] load build definition"
echo "#5 [2/2] RUN show"
echo "#5 0.101 the token is $TOKEN"
echo "#5 0.102 and {PASSWORD}, as $(printf 'pusher:{PASSWORD}' | base64)"
echo "#5 ERROR: exit code: 3"
echo "------"
echo " > [2/2] RUN show:"
echo "------"
echo "executor failed running [show]: exit code: 3"
exit 1
"""


async def test_a_failed_build_is_explained_without_secrets(machine: Machine) -> None:
    machine.behave("build", FAILED_BUILD)
    with pytest.raises(SptFlowError) as caught:
        await machine.make(with_build(cacheFrom=None))
    assert str(caught.value).splitlines() == [
        "The image 'registry.example.com/team/x:1' cannot be built:",
        "the token is [secret]",
        "and [secret], as [secret]",
        " > [2/2] RUN show:",
        "executor failed running [show]: exit code: 3",
    ]
    assert "canary" not in "\n".join(machine.said)


async def test_a_failed_push_is_explained(machine: Machine) -> None:
    machine.behave("push", "echo The push refers to repository; echo 'connection refused' >&2; exit 1")
    with pytest.raises(SptFlowError, match=r"cannot be pushed:\nThe push refers to repository\nconnection refused$"):
        await machine.make(INPUTS)


async def test_a_push_without_a_digest_is_an_error_unless_the_daemon_knows_it(machine: Machine) -> None:
    machine.behave("push", "exit 0")
    machine.behave("image", f"echo '[\"other.example.com/x@{DIGEST}\"]'")
    with pytest.raises(SptFlowError, match="ended without a digest"):
        await machine.make(INPUTS)
    machine.behave("image", f'echo \'["other.example.com/x@{DIGEST}","registry.example.com/team/x@{DIGEST}"]\'')
    assert (await machine.make(INPUTS))["repoDigest"] == f"registry.example.com/team/x@{DIGEST}"


@pytest.mark.parametrize("name", ["PATH", "DOCKER_HOST", "HOME", "SSL_CERT_FILE"])
async def test_a_secret_argument_that_would_have_to_be_told_openly_is_refused(machine: Machine, name: str) -> None:
    with pytest.raises(SptFlowError, match=f"The build argument '{name}' is secret"):
        await machine.make(with_build(args=Secret({name: "x"}), cacheFrom=None))
    assert not (machine.folder / "arguments").exists()


async def test_ctrl_c_ends_the_client_at_once(machine: Machine) -> None:
    machine.behave("build", "exec sleep 30")
    started = time.monotonic()
    making = asyncio.create_task(machine.make(with_build(cacheFrom=None)))
    while not (machine.folder / "environment-build").exists():  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(0.02)
    machine.cancelled.set()
    with pytest.raises(OperationCancelledError, match="docker build was cancelled"):
        await making
    assert time.monotonic() - started < 20


async def test_the_resources_time_limit_ends_the_client(machine: Machine, tmp_path: Path) -> None:
    machine.behave("push", "exec sleep 30")
    client = replace(machine.client(INPUTS, tmp_path), deadline=time.monotonic() + 0.2)
    with pytest.raises(SptFlowError, match="did not end within the time") as caught:
        await client.follow("push", "x")
    assert not isinstance(caught.value, DockerFailedError)


def test_credentials_lie_in_memory_and_are_gone_with_the_block(tmp_path: Path) -> None:
    login = Login("registry.example.com", "pusher", PASSWORD)
    with client_config(login, {"DOCKER_CONFIG": str(tmp_path)}) as folder:
        link = folder / "config.json"
        content = json.loads(link.read_text())
        assert link.is_symlink()
        assert folder.stat().st_mode & 0o777 == 0o700
        target = link.readlink()
    assert base64.b64decode(content["auths"]["registry.example.com"]["auth"]).decode() == f"pusher:{PASSWORD}"
    assert not folder.exists()
    assert not target.exists()
    assert PASSWORD not in repr(login)


def test_the_folder_of_a_killed_process_goes_with_the_next_operation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    done = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, text=True, check=True)
    left = tmp_path / f"spt-flow-docker-{done.stdout.strip()}-x"
    living = tmp_path / f"spt-flow-docker-{os.getpid()}-y"
    for folder in (left, living):
        folder.mkdir()
    with client_config(None, {"DOCKER_CONFIG": str(tmp_path)}):
        assert not left.exists()
        assert living.exists()


def test_the_users_other_credentials_stay_and_their_helper_is_not_asked_for_this_registry(tmp_path: Path) -> None:
    users = {"auths": {"other": {"auth": "x"}}, "credsStore": "pass", "credHelpers": {"a": "b"}, "proxies": {}}
    (tmp_path / "config.json").write_text(json.dumps(users))
    with client_config(Login("here", "u", "p"), {"DOCKER_CONFIG": str(tmp_path)}) as folder:
        content = json.loads((folder / "config.json").read_text())
    assert sorted(content["auths"]) == ["here", "other"]
    assert content["credHelpers"] == {"a": "b", "here": ""}
    assert content["credsStore"] == "pass"
    assert "proxies" not in content


def test_a_broken_configuration_of_the_user_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(SptFlowError, match="cannot be read"), client_config(None, {"DOCKER_CONFIG": str(tmp_path)}):
        pytest.fail("it was taken")


@pytest.mark.parametrize(
    ("registry", "image", "server"),
    [
        ({"server": "https://registry.example.com/v2/"}, "registry.example.com/x", "registry.example.com"),
        ({}, "registry.example.com:5000/x", "registry.example.com:5000"),
        ({}, "docker.io/owner/x", "https://index.docker.io/v1/"),
        ({"server": "index.docker.io"}, "docker.io/owner/x", "https://index.docker.io/v1/"),
    ],
)
def test_credentials_are_kept_under_the_registrys_name(registry: dict[str, str], image: str, server: str) -> None:
    inputs = {**INPUTS, "imageName": image, "registry": {"username": "u", "password": "p", **registry}}
    login = login_of(ImageSettings.of(inputs))
    assert login is not None
    assert login.server == server


def test_without_both_of_them_the_users_own_credentials_are_used() -> None:
    assert login_of(ImageSettings.of({**INPUTS, "registry": {"username": "u"}})) is None
