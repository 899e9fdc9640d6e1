"""Check and Diff of an image. Expected inputs are those that the official plugin 4.11.2 puts out, side by side."""

from pathlib import Path
from typing import Any

import pytest

from core.errors import SptFlowError
from lab.plugins.docker.provider import DockerProvider
from lab.plugins.protocol.errors import UnsupportedTypeError
from lab.plugins.protocol.host import Host, Severity
from lab.plugins.protocol.requests import CheckRequest, ConfigureRequest, CreateRequest, DiffRequest, ReadRequest
from lab.plugins.protocol.results import CheckResult
from lab.plugins.protocol.values import UNKNOWN, Secret

TYPE = "docker:index/image:Image"
URN = f"urn:pulumi:dev::p::{TYPE}::image"
NAME = "registry.example.com/x:1"


class RecordingHost(Host):
    def __init__(self) -> None:
        super().__init__(None)
        self.lines: list[tuple[Severity, str]] = []

    async def log(self, severity: Severity, message: str, urn: str = "", *, ephemeral: bool = False) -> None:
        assert (urn, ephemeral) == (URN, False)
        self.lines.append((severity, message))


@pytest.fixture
async def provider() -> DockerProvider:
    made = DockerProvider()
    made.host = RecordingHost()
    return made


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "Dockerfile").write_text("FROM scratch\n")
    monkeypatch.chdir(tmp_path)
    return "app"


async def check(provider: DockerProvider, news: dict[str, Any], kind: str = TYPE) -> CheckResult:
    return await provider.check(CheckRequest(URN, kind, "image", None, news, b"", None))


async def failures(provider: DockerProvider, news: dict[str, Any]) -> dict[str, str]:
    return {failure.property: failure.reason for failure in (await check(provider, news)).failures}


async def diff(provider: DockerProvider, old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
    result = await provider.diff(DiffRequest("id", URN, TYPE, "image", {}, old, new, ()))
    assert not result.replaces
    return {path: change.kind.value for path, change in result.detailed.items()}


async def test_defaults_and_the_digest_are_filled_in(provider: DockerProvider, app: str) -> None:
    result = await check(provider, {"imageName": NAME, "build": {"context": app, "target": None}, "registry": None})
    assert not result.failures
    build = result.inputs["build"]
    assert len(build.pop("contextDigest")) == 64
    assert build.pop("platform").startswith("linux/")
    assert result.inputs == {
        "imageName": NAME,
        "buildOnPreview": False,
        "build": {"context": "app", "dockerfile": "app/Dockerfile"},
    }


async def test_without_build_inputs_it_is_the_programs_folder(
    provider: DockerProvider, app: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(app)
    build = (await check(provider, {"imageName": NAME})).inputs["build"]
    assert (build["context"], build["dockerfile"]) == (".", "Dockerfile")


async def test_a_platform_that_nobody_chose_is_told(provider: DockerProvider, app: str) -> None:
    assert isinstance(provider.host, RecordingHost)
    await check(provider, {"imageName": NAME, "build": {"context": app, "platform": "linux/arm64"}})
    assert provider.host.lines == []
    await check(provider, {"imageName": NAME, "build": {"context": app}})
    assert [severity for severity, _ in provider.host.lines] == [Severity.INFO]


@pytest.mark.parametrize("wrap", [lambda build: build, Secret])
async def test_what_is_secret_stays_secret(provider: DockerProvider, app: str, wrap: "object") -> None:
    assert callable(wrap)
    news = {"imageName": NAME, "build": wrap({"context": app, "args": {"A": Secret("x")}})}
    build = (await check(provider, news)).inputs["build"]
    plain = build.value if isinstance(build, Secret) else build
    assert plain["args"] == {"A": Secret("x")}
    assert "contextDigest" in plain


@pytest.mark.parametrize(
    ("news", "path", "reason"),
    [
        ({"imageName": "x:1"}, "build", "must begin with its registry"),
        ({"imageName": "owner/x:1"}, "build", "must begin with its registry"),
        ({"imageName": "registry.example.com/X"}, "build", "is no name of an image"),
        ({"build": {"dockerfile": "Dockerfile"}}, "build.dockerfile", "did you mean 'app/Dockerfile'"),
        ({"build": {"dockerfile": "nowhere"}}, "build.dockerfile", "there is no file 'nowhere'"),
        ({"build": {"context": "nowhere", "dockerfile": "app/Dockerfile"}}, "build", "'nowhere' is no folder"),
        ({"build": {"builderVersion": "BuilderV1"}}, "build.builderVersion", "BuilderBuildKit"),
        ({"build": {"cacheFrom": {}}}, "build.cacheFrom", "must have the input 'images'"),
        ({"build": {"cacheFrom": {"images": "x"}}}, "build.cacheFrom.images", "it is a string"),
        ({"build": {"secrets": {}}}, "build.secrets", "there is no input of this name"),
        ({"build": "app"}, "build", "it is a string, but must be an object"),
        ({"build": {"args": {"A": 1}}}, "build.args", "'A': it is a number"),
        ({"skipPush": "yes"}, "skipPush", "it is a string, but must be a boolean"),
        ({"imageName": None}, "imageName", "it is required"),
        ({"registry": {"host": "x"}}, "registry.host", "there is no input of this name"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_is_wrong_is_named(
    provider: DockerProvider, app: str, news: dict[str, Any], path: str, reason: str
) -> None:
    build = (
        {"context": app, **news["build"]}
        if isinstance(news.get("build"), dict)
        else news.get("build", {"context": app})
    )
    found = await failures(provider, {"imageName": NAME, **news, "build": build})
    assert list(found) == [path]
    assert reason in found[path]


@pytest.mark.parametrize(
    "news",
    [
        {"imageName": "x:1", "skipPush": True},
        {"imageName": "x:1", "registry": {"server": "registry.example.com"}},
        {"imageName": UNKNOWN},
        {"build": UNKNOWN},
        {"build": {"context": UNKNOWN}},
        {"build": {"context": "app", "dockerfile": UNKNOWN}},
        {"build": {"context": "app", "args": {"A": UNKNOWN}}},
        {"buildOnPreview": UNKNOWN},
        {"imageName": "docker.io/library/x"},
    ],
    ids=str,
)
async def test_what_is_not_known_or_not_pushed_is_not_judged(
    provider: DockerProvider, app: str, news: dict[str, Any]
) -> None:
    assert await failures(provider, {"imageName": NAME, "build": {"context": app}, **news}) == {}


async def test_only_the_server_of_a_registry_makes_a_difference(provider: DockerProvider) -> None:
    registry = {"server": "registry.example.com", "username": "one", "password": Secret("1")}
    old = {"imageName": NAME, "registry": registry, "build": {"contextDigest": "1"}}
    assert await diff(provider, old, old) == {}
    for changed in ({"username": "two"}, {"password": Secret("2")}, {"password": UNKNOWN}):
        assert await diff(provider, old, {**old, "registry": {**registry, **changed}}) == {}
    assert await diff(provider, old, {**old, "registry": {**registry, "server": "other"}}) == {"registry": "UPDATE"}
    assert await diff(provider, old, {**old, "registry": {"username": "one"}}) == {}
    assert await diff(provider, old, {key: old[key] for key in ("imageName", "build")}) == {"registry": "DELETE"}


async def test_every_other_input_does_and_none_replaces(provider: DockerProvider) -> None:
    old = {"imageName": NAME, "build": {"contextDigest": "1"}}
    changes: dict[str, Any] = {
        "imageName": "registry.example.com/x:2",
        "build": {"contextDigest": "2"},
        "skipPush": True,
    }
    for name, value in changes.items():
        assert await diff(provider, old, {**old, name: value}) == {name: "UPDATE" if name in old else "ADD"}


async def test_a_preview_returns_the_inputs_and_asks_no_daemon(provider: DockerProvider) -> None:
    inputs = {"imageName": NAME, "buildOnPreview": False, "build": {"context": ".", "dockerfile": "Dockerfile"}}
    result = await provider.create(CreateRequest(URN, TYPE, "image", inputs, 0, preview=True))
    assert (result.id, result.properties) == ("", inputs)


async def test_a_preview_that_should_build_but_cannot_says_so(provider: DockerProvider) -> None:
    inputs = {"imageName": UNKNOWN, "buildOnPreview": True, "build": {"context": ".", "dockerfile": "Dockerfile"}}
    result = await provider.create(CreateRequest(URN, TYPE, "image", inputs, 0, preview=True))
    assert (result.id, result.properties) == ("", inputs)
    assert isinstance(provider.host, RecordingHost)
    assert [severity for severity, _ in provider.host.lines] == [Severity.WARNING]


@pytest.mark.parametrize("kind", ["docker:index/container:Container", "docker:index/registryImage:RegistryImage"])
async def test_every_other_type_is_one_clear_error(provider: DockerProvider, kind: str) -> None:
    with pytest.raises(UnsupportedTypeError, match=f"'{kind}' is not covered by this edition of the plugin 'docker'"):
        await check(provider, {}, kind)


async def test_provider_arguments_that_are_not_covered_are_refused(provider: DockerProvider) -> None:
    news = {"host": "unix:///run/docker.sock", "registryAuth": "[]", "version": "4.11.2"}
    result = await provider.check_config(CheckRequest("urn", "pulumi:providers:docker", "x", None, news, b"", None))
    assert [failure.property for failure in result.failures] == ["registryAuth"]


async def test_a_refresh_changes_nothing_and_an_import_is_refused(provider: DockerProvider) -> None:
    state = {"repoDigest": "registry.example.com/x@sha256:0"}
    result = await provider.read(ReadRequest(NAME, URN, TYPE, "image", state, {"imageName": NAME}, 0))
    assert (result.id, result.properties, result.inputs) == (NAME, state, {"imageName": NAME})
    with pytest.raises(SptFlowError, match="cannot be imported"):
        await provider.read(ReadRequest(NAME, URN, TYPE, "image", {}, None, 0))


async def test_configuring_connects_to_nobody(provider: DockerProvider) -> None:
    await provider.configure(ConfigureRequest({"host": "tcp://127.0.0.1:1"}, {}, "", ""))
