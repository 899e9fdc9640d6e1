"""`docker:index/image:Image`, with the official plugin's semantics."""

__all__ = ["DockerProvider"]

import asyncio
import os
import time
from typing import ClassVar, Final

from core.errors import SptFlowError
from lab.plugins.docker.build import login_of, make_image, redactor_of
from lab.plugins.docker.checking import check_image
from lab.plugins.docker.client import DockerClient
from lab.plugins.docker.client_config import client_config
from lab.plugins.docker.difference import image_diff
from lab.plugins.docker.inputs import ImageSettings
from lab.plugins.protocol.errors import UnsupportedTypeError
from lab.plugins.protocol.host import Severity
from lab.plugins.protocol.provider import Provider
from lab.plugins.protocol.requests import (
    CheckRequest,
    ConfigureRequest,
    CreateRequest,
    DeleteRequest,
    DiffRequest,
    ReadRequest,
    UpdateRequest,
)
from lab.plugins.protocol.results import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult
from lab.plugins.protocol.values import Properties, Secret, Value, contains_secret, contains_unknown, reveal

_IMAGE: Final = "docker:index/image:Image"
_COVERED: Final = ("host", "certPath", "disableDockerDaemonCheck")
_SECRET_OUTPUTS: Final = {
    "baseImageName": ("imageName",),
    "context": ("build", "context"),
    "dockerfile": ("build", "dockerfile"),
    "imageName": ("imageName",),
    "platform": ("build", "platform"),
    "registryServer": ("registry", "server"),
    "repoDigest": ("imageName",),
}
"""Each output with the input it is as secret as."""


class DockerProvider(Provider):
    """Builds an image when its context, its name or another input changes; nothing is ever removed from a registry."""

    name: ClassVar[str] = "docker"

    def __init__(self) -> None:
        self._environment: dict[str, str] = {}

    async def check_config(self, request: CheckRequest) -> CheckResult:
        """Refuse what this edition does not do."""
        given = {name for name, value in request.news.items() if value is not None and not name.startswith("__")}
        return CheckResult(
            request.news,
            tuple(
                CheckFailure(name, f"this edition of the plugin covers {', '.join(_COVERED)}")
                for name in sorted(given - {*_COVERED, "version", "pluginDownloadURL"})
            ),
        )

    async def configure(self, request: ConfigureRequest) -> None:
        """Take the daemon's address; nobody connects before there is something to build."""
        plain = reveal(request.args)
        if host := plain.get("host"):
            self._environment["DOCKER_HOST"] = host
        if path := plain.get("certPath"):
            self._environment |= {"DOCKER_CERT_PATH": path, "DOCKER_TLS_VERIFY": "1"}

    async def check(self, request: CheckRequest) -> CheckResult:
        """Check types, fill in defaults, and take the digest of the build context."""
        if request.type != _IMAGE:
            raise UnsupportedTypeError(self.name, request.type, [_IMAGE])
        result = await asyncio.to_thread(check_image, request.news)
        if not result.failures and _chosen(request.news) != (chosen := _chosen(result.inputs)):
            message = (
                f"The image is built for {chosen}, as this machine is; the input 'platform' says so for all machines."
            )
            await self.host.log(Severity.INFO, message, request.urn)
        return result

    async def diff(self, request: DiffRequest) -> DiffResult:
        """Compare the inputs; credentials do not count."""
        return image_diff(request.old_inputs, request.news)

    async def create(self, request: CreateRequest) -> CreateResult:
        """Build and push; a preview returns the inputs, unless it is to build, and then pushes nothing."""
        inputs = request.properties
        if request.preview and not await self._builds_in_preview(inputs, request.urn):
            return CreateResult("", inputs)
        outputs = await self._make(inputs, request.urn, request.timeout, preview=request.preview)
        return CreateResult(reveal(inputs["imageName"]), outputs)

    async def read(self, request: ReadRequest) -> ReadResult:
        """Return the state as it is: whether the registry still has the image is not looked at."""
        if request.inputs is None:
            raise SptFlowError(f"The image '{request.id}' cannot be imported: what it was built from is not known.")
        return ReadResult(request.id, request.properties, request.inputs)

    async def update(self, request: UpdateRequest) -> Properties:
        """Build and push again, as for a creation."""
        if request.preview and not await self._builds_in_preview(request.news, request.urn):
            return request.news
        return await self._make(request.news, request.urn, request.timeout, preview=request.preview)

    async def delete(self, request: DeleteRequest) -> None:
        """Do nothing: somebody may use the image by its digest."""

    async def _builds_in_preview(self, inputs: Properties, urn: str) -> bool:
        if reveal(inputs.get("buildOnPreview")) is not True:
            return False
        if contains_unknown(inputs.get("imageName")) or contains_unknown(inputs.get("build")):
            message = "The image is not built in the preview: its name or its build inputs are not known yet."
            await self.host.log(Severity.WARNING, message, urn)
            return False
        return True

    async def _make(
        self,
        inputs: Properties,
        urn: str,
        timeout: float,  # noqa: ASYNC109 - the user's limit in seconds, 0 for none
        *,
        preview: bool,
    ) -> Properties:
        settings = ImageSettings.of(inputs)
        login = login_of(settings)
        if login is None and (settings.username or settings.password):
            message = "One of the registry's username and password is not set; the user's own credentials are used."
            await self.host.log(Severity.WARNING, message, urn)

        async def say(line: str) -> None:
            await self.host.status(line, urn)

        async def tell(line: str) -> None:
            await self.host.log(Severity.INFO, line, urn)

        environment = {**os.environ, **self._environment}
        with client_config(login, environment) as folder:
            client = DockerClient(
                environment={**environment, "DOCKER_CONFIG": str(folder), "DOCKER_BUILDKIT": "1", "DOCKER_CONTEXT": ""},
                say=say,
                tell=tell,
                redact=redactor_of(inputs, login),
                cancelled=self.host.cancelled,
                deadline=time.monotonic() + timeout if timeout else None,
            )
            outputs = await make_image(settings, client, push=not (preview or settings.skip_push))
        # As the official plugin keeps them, so that either goes on with the other's state.
        return {**_marked(outputs, inputs), "__inputs": Secret(inputs)}


def _chosen(inputs: Properties) -> Value:
    build = reveal(inputs.get("build"))
    return build.get("platform") if isinstance(build, dict) else None


def _marked(outputs: Properties, inputs: Properties) -> Properties:
    """Return the outputs, those that come from a secret input as secrets."""
    return {
        name: Secret(value) if _is_secret(inputs, _SECRET_OUTPUTS[name]) else value for name, value in outputs.items()
    }


def _is_secret(inputs: Properties, path: tuple[str, ...]) -> bool:
    value = inputs.get(path[0])
    for name in path[1:]:
        if not isinstance(value, dict):
            break
        value = value.get(name)
    return contains_secret(value)
