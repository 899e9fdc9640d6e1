"""`command:local:Command` and the function `command:local:run`, with the official plugin's semantics."""

__all__ = ["CommandProvider"]

import secrets
from pathlib import Path
from typing import ClassVar

from lab.plugins.command.globs import matching_files
from lab.plugins.command.inputs import CommandSettings, check_inputs
from lab.plugins.command.process import ScriptOutput, run_script
from lab.plugins.protocol.assets import file_asset, folder_archive
from lab.plugins.protocol.differ import diff_inputs
from lab.plugins.protocol.errors import UnsupportedFunctionError, UnsupportedTypeError
from lab.plugins.protocol.provider import Provider
from lab.plugins.protocol.redaction import Redactor
from lab.plugins.protocol.requests import (
    CheckRequest,
    CreateRequest,
    DeleteRequest,
    DiffRequest,
    InvokeRequest,
    ReadRequest,
    UpdateRequest,
)
from lab.plugins.protocol.results import CheckResult, CreateResult, DiffResult, InvokeResult, ReadResult
from lab.plugins.protocol.values import UNKNOWN, Properties, reveal

_COMMAND = "command:local:Command"
_RUN = "command:local:run"
_OUTPUTS = ("stdout", "stderr", "assets", "archive")


class CommandProvider(Provider):
    """Runs scripts on create, update and delete; a change of `triggers` replaces the resource."""

    name: ClassVar[str] = "command"

    async def check(self, request: CheckRequest) -> CheckResult:
        """Check the types of the inputs."""
        if request.type != _COMMAND:
            raise UnsupportedTypeError(self.name, request.type, [_COMMAND])
        return CheckResult(request.news, check_inputs(request.news, scripts=("create", "update", "delete")))

    async def diff(self, request: DiffRequest) -> DiffResult:
        """Compare the inputs."""
        return DiffResult(diff_inputs(request.old_inputs, request.news, replaces=lambda path: path[0] == "triggers"))

    async def create(self, request: CreateRequest) -> CreateResult:
        """Run the `create` script, if there is one."""
        inputs = request.properties
        if request.preview:
            return CreateResult("", {**inputs, **_unknown_outputs(inputs)})
        outputs: Properties = {"stdout": "", "stderr": ""}
        script = reveal(inputs.get("create"))
        if script is not None:
            outputs |= await self._run(script, inputs, outputs, urn=request.urn, timeout=request.timeout)
        return CreateResult(f"{request.name}{secrets.token_hex(4)}", {**inputs, **outputs})

    async def read(self, request: ReadRequest) -> ReadResult:
        """Return the state as it is: a script that ran leaves nothing to look at."""
        return ReadResult(request.id, request.properties, request.inputs or {})

    async def update(self, request: UpdateRequest) -> Properties:
        """Run the `update` script, else the `create` script, if there is one."""
        inputs = request.news
        outputs = {key: request.olds[key] for key in _OUTPUTS if key in request.olds}
        if request.preview:
            return {**inputs, **outputs, **_unknown_outputs(inputs)}
        script = reveal(inputs.get("update"))
        if script is None:
            script = reveal(inputs.get("create"))
        if script is not None:
            outputs |= await self._run(script, inputs, request.olds, urn=request.urn, timeout=request.timeout)
        return {**inputs, **outputs}

    async def delete(self, request: DeleteRequest) -> None:
        """Run the `delete` script, if there is one, with the settings in state."""
        state = request.properties
        script = reveal(state.get("delete"))
        if script is not None:
            await self._run(script, state, state, urn=request.urn, timeout=request.timeout)

    async def invoke(self, request: InvokeRequest) -> InvokeResult:
        """Run the script of `command:local:run`."""
        if request.token != _RUN:
            raise UnsupportedFunctionError(self.name, request.token)
        failures = check_inputs(request.args, scripts=("command",))
        if failures:
            return InvokeResult({}, failures)
        outputs = await self._run(reveal(request.args.get("command")) or "", request.args, {}, urn="", timeout=0)
        return InvokeResult({**request.args, **outputs})

    async def _run(
        self,
        script: str,
        inputs: Properties,
        previous: Properties,
        *,
        urn: str,
        timeout: float,  # noqa: ASYNC109 - passed on, seconds, 0 for none
    ) -> Properties:
        """Run a script and return its outputs; its lines are shown live, without the secrets of the inputs."""
        settings = CommandSettings.of(inputs)
        redact = Redactor(inputs, previous)

        async def say(line: str) -> None:
            if line.strip():
                await self.host.status(redact(line), urn)

        output = await run_script(
            script,
            settings,
            environment={**settings.environment, **_previous_output(settings, previous)},
            say=say,
            redact=redact,
            cancelled=self.host.cancelled,
            timeout=timeout,
        )
        return _collect(output, settings)


def _previous_output(settings: CommandSettings, previous: Properties) -> dict[str, str]:
    if not settings.pass_previous_output:
        return {}
    found = {f"PULUMI_COMMAND_{key.upper()}": reveal(previous.get(key)) for key in ("stdout", "stderr")}
    return {name: text for name, text in found.items() if text}


def _unknown_outputs(inputs: Properties) -> Properties:
    outputs: Properties = {"stdout": UNKNOWN, "stderr": UNKNOWN}
    if inputs.get("assetPaths") is not None:
        outputs["assets"] = UNKNOWN
    if inputs.get("archivePaths") is not None:
        outputs["archive"] = UNKNOWN
    return outputs


def _collect(output: ScriptOutput, settings: CommandSettings) -> Properties:
    outputs: Properties = {"stdout": output.stdout, "stderr": output.stderr}
    directory = Path(settings.directory)
    if settings.asset_paths is not None:
        found = matching_files(directory, settings.asset_paths)
        outputs["assets"] = {name: file_asset(path) for name, path in found.items()}
    if settings.archive_paths is not None:
        found = matching_files(directory, settings.archive_paths)
        outputs["archive"] = folder_archive({name: file_asset(path) for name, path in found.items()})
    return outputs
