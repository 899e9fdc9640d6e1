"""Images through the real engine, the image builder and a real registry with a password, from creation to the end."""

import base64
import contextlib
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
import pulumi
import pulumi_docker as docker
import pytest
import yaml
from pulumi import automation as auto

from lab.builder import builder
from lab.builder.place import BuilderPlace
from lab.plugins.random.characters import bcrypt_hash
from lab.toolchain import Toolchain
from tests.support.free_ports import free_port
from tests.support.patience import wait_until
from tests.support.pulumi_engine import PulumiEngine

pytestmark = pytest.mark.lab

USER: Final = "pusher"
PASSWORD: Final = "canary-password-5d0c"  # noqa: S105 - of a registry that lives for one test
TOKEN: Final = "canary-token-91ab"  # noqa: S105 - looked for where it must not be
SECRETS: Final = (PASSWORD, TOKEN, base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode())
SLOW_STEP: Final = "/busybox sleep 41"
UNCHANGED_SECONDS: Final = 8.0
"""Generous, since tests run side by side: it takes about one second."""


@dataclass
class Registry:
    """The toolchain's registry on a loopback port, with one user."""

    program: Path
    folder: Path
    port: int = 0
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        if not self.port:
            self.port = free_port()
        (self.folder / "users").write_text(f"{USER}:{bcrypt_hash(PASSWORD)}\n")
        settings = {
            "version": 0.1,
            "log": {"level": "error"},
            "storage": {"filesystem": {"rootdirectory": str(self.folder / "data")}},
            "http": {"addr": self.address, "secret": "for tests"},
            "auth": {"htpasswd": {"realm": "test", "path": str(self.folder / "users")}},
        }
        (self.folder / "registry.yaml").write_text(yaml.safe_dump(settings))
        self._process = subprocess.Popen(
            [self.program, "serve", str(self.folder / "registry.yaml")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: self.status("") == 200, what="an answer of the registry")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def status(self, path: str) -> int:
        """Return the HTTP status of a path below /v2/, 0 if nobody answers."""
        request = urllib.request.Request(f"http://{self.address}/v2/{path}")
        request.add_header("Authorization", f"Basic {SECRETS[2]}")
        request.add_header("Accept", "application/vnd.docker.distribution.manifest.v2+json")
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - this test's own
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


@dataclass
class Site:
    """What a test works with: an engine, a build context, the registry, and the builder's address."""

    engine: PulumiEngine
    context: Path
    registry: Registry
    dockerfile: str = "Dockerfile"
    password: str = PASSWORD

    def program(self) -> None:
        image = docker.Image(
            "image",
            image_name=f"{self.registry.address}/test/image:1",
            build=docker.DockerBuildArgs(
                context=str(self.context),
                dockerfile=str(self.context / self.dockerfile),
                platform="linux/amd64",
                network="host",
                args={"WORD": "one", "TOKEN": pulumi.Output.secret(TOKEN)},
            ),
            registry=docker.RegistryArgs(
                server=self.registry.address, username=USER, password=pulumi.Output.secret(self.password)
            ),
        )
        pulumi.export("digest", image.repo_digest)
        pulumi.export("rest", [image.image_name, image.base_image_name, image.registry_server])

    def up(self) -> str:
        digest = self.engine.up(self.program)["digest"]
        assert isinstance(digest, str)
        return digest

    def fails(self) -> str:
        """Run, expect a failure, and return what was said from its start on."""
        said, events = len(self.engine.said), len(self.engine.events)
        with pytest.raises(auto.CommandError):
            self.engine.up(self.program)
        return "\n".join([*self.engine.said[said:], *(str(event) for event in self.engine.events[events:])])

    def kept(self) -> str:
        """Return the digest in state."""
        digest = self.engine.resources()["image"]["outputs"]["repoDigest"]
        assert isinstance(digest, str)
        return digest

    def is_there(self, digest: str) -> bool:
        return self.registry.status(f"test/image/manifests/{digest.partition('@')[2]}") == 200


@dataclass
class ArgumentWatch:
    """Looks for secrets in the arguments of every process of this machine while it runs."""

    found: set[str] = field(default_factory=set)
    clients: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self._ended.wait(0.05):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    words = path.read_bytes().decode(errors="replace")
                    self.clients += words.startswith(("/usr/bin/docker\0build", "/usr/bin/docker\0push"))
                    self.found |= {secret for secret in SECRETS if secret in words}

    def end(self) -> None:
        self._ended.set()


@pytest.fixture
def watched_arguments() -> Iterator[ArgumentWatch]:
    watch = ArgumentWatch()
    thread = threading.Thread(target=watch.watch)
    thread.start()
    yield watch
    watch.end()
    thread.join()


@pytest.fixture
def registry(toolchain: Toolchain, tmp_path: Path) -> Iterator[Registry]:
    (tmp_path / "registry").mkdir()
    made = Registry(toolchain.bin / "registry", tmp_path / "registry")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def site(toolchain: Toolchain, builder_place: BuilderPlace, registry: Registry, tmp_path: Path) -> Site:
    context = tmp_path / "context"
    context.mkdir()
    (context / "Dockerfile").write_text("FROM scratch\nARG WORD\nLABEL word=$WORD\nCOPY content /\n")
    (context / ".dockerignore").write_text("unseen\n")
    (context / "content").write_text("first")
    (context / "busybox").write_bytes((toolchain.bin / "busybox").read_bytes())
    (context / "busybox").chmod(0o755)
    shell = 'FROM scratch\nCOPY busybox /busybox\nSHELL ["/busybox", "sh", "-c"]\nARG TOKEN\nCOPY content /\n'
    (context / "failing").write_text(f"{shell}RUN echo cause: $TOKEN is $(/busybox wc -c </content); exit 3\n")
    (context / "slow").write_text(f"{shell}RUN echo started; [ $(/busybox cat /content) = quick ] || {SLOW_STEP}\n")
    environment = {"DOCKER_HOST": builder_place.docker_host}
    return Site(PulumiEngine(toolchain.bin / "pulumi", tmp_path / "engine", environment=environment), context, registry)


def test_an_image_from_its_creation_to_the_end(site: Site, builder_place: BuilderPlace) -> None:
    engine = site.engine
    with builder(place=builder_place):
        assert engine.preview(site.program) == {"create": 2}
        assert site.registry.status("test/image/tags/list") == 404, "a preview pushes nothing"
        first = site.up()
    assert first.startswith(f"{site.registry.address}/test/image@sha256:")
    assert site.is_there(first)
    assert engine.resources()["image"]["id"] == f"{site.registry.address}/test/image:1"

    # Nothing has changed, or nothing that counts: no daemon runs now, and none is missed.
    (site.context / "unseen").write_text("left out of the context")
    (site.context / "content").touch()
    site.password = f"{PASSWORD}-of-another-hour"
    started = time.monotonic()
    assert engine.preview(site.program) == {"same": 2}
    assert time.monotonic() - started < UNCHANGED_SECONDS
    assert site.up() == first
    assert engine.operations == {"same": 2}
    site.password = PASSWORD

    with builder(place=builder_place):
        (site.context / "content").write_text("second")
        assert engine.preview(site.program) == {"same": 1, "update": 1}
        second = site.up()
        assert second != first
        assert site.is_there(second)
        assert site.is_there(first), "what uses the image by its digest goes on"
        engine.destroy()
    assert site.is_there(second), "nothing is removed from a registry"


def test_a_failure_leaves_the_image_before_in_use_and_tells_no_secret(
    site: Site, builder_place: BuilderPlace, watched_arguments: ArgumentWatch
) -> None:
    with builder(place=builder_place):
        before = site.up()
        site.dockerfile = "failing"
        said = site.fails()
        assert "cause: [secret] is 5" in said
        assert "exit code: 3" in said
        assert site.kept() == before

        site.dockerfile = "Dockerfile"
        (site.context / "content").write_text("second")
        site.registry.stop()
        assert "cannot be pushed" in site.fails()
        assert site.kept() == before

        site.registry.start()
        assert site.is_there(site.up())
    assert watched_arguments.clients > 0, "the watch saw the client at work"
    assert watched_arguments.found == set()
    for secret in SECRETS:
        assert secret not in site.engine.transcript
        assert site.engine.files_with(secret) == []


def processes(of: Callable[[str], bool]) -> list[psutil.Process]:
    """Return those that this test has started, directly or not; nobody else's."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if of(" ".join(process.cmdline())):
                found.append(process)
    return found


@contextlib.contextmanager
def killed_in_the_build(of: Callable[[str], bool]) -> Iterator[None]:
    """Kill the processes, without a warning, as soon as the slow step runs."""

    def wait_and_kill() -> None:
        deadline = time.monotonic() + 60
        while not processes(lambda words: words == SLOW_STEP) and time.monotonic() < deadline:
            time.sleep(0.05)
        for process in processes(of):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    thread = threading.Thread(target=wait_and_kill)
    thread.start()
    yield
    thread.join()


def test_a_build_that_was_killed_is_done_anew_by_the_next_run(site: Site, builder_place: BuilderPlace) -> None:
    with builder(place=builder_place):
        before = site.up()
        site.dockerfile = "slow"
        with killed_in_the_build(lambda words: "lab.plugins.docker" in words):
            site.fails()
        assert site.kept() == before

        with killed_in_the_build(lambda words: str(builder_place.plan) in words):
            site.fails()
        assert site.kept() == before

    with builder(place=builder_place):
        (site.context / "content").write_text("quick")
        after = site.up()
    assert after != before
    assert site.is_there(after)
