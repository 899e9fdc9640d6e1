"""All types of random values behind the provider protocol."""

__all__ = ["RandomProvider"]

import asyncio
from typing import ClassVar

from core.errors import SptFlowError
from lab.plugins.protocol.differ import diff_inputs
from lab.plugins.protocol.errors import UnsupportedTypeError
from lab.plugins.protocol.paths import PathSegment
from lab.plugins.protocol.provider import Provider
from lab.plugins.protocol.requests import (
    CheckRequest,
    CreateRequest,
    DeleteRequest,
    DiffRequest,
    ReadRequest,
    UpdateRequest,
)
from lab.plugins.protocol.results import CheckResult, CreateResult, DiffResult, ReadResult
from lab.plugins.protocol.values import Properties
from lab.plugins.random.inputs import check_inputs, complete
from lab.plugins.random.kinds import KINDS, Kind


class RandomProvider(Provider):
    """Draws a value on create; every change of an input replaces the resource."""

    name: ClassVar[str] = "random"
    # Like the official plugin: the engine hides outputs that are named like secret inputs.
    accept_secrets: ClassVar[bool] = False

    async def check(self, request: CheckRequest) -> CheckResult:
        """Check each input, then the rules between them; the inputs stay as they were given."""
        kind = self._kind(request.type)
        failures = check_inputs(request.news, kind.inputs)
        if not failures:
            failures.extend(kind.check(complete(request.news, kind.inputs)))
        return CheckResult(request.news, tuple(failures))

    async def diff(self, request: DiffRequest) -> DiffResult:
        """Compare the new inputs, with defaults, with what is in state."""
        kind = self._kind(request.type)
        new = _completed(kind, request.news)
        old = {name: request.olds[name] for name in kind.inputs if request.olds.get(name) is not None}

        def replaces(path: tuple[PathSegment, ...]) -> bool:
            # An empty override is no override: nothing to draw again for.
            return path != ("overrideSpecial",) or bool(old.get("overrideSpecial")) or "overrideSpecial" in new

        return DiffResult(diff_inputs(_without_empty(old), _without_empty(new), replaces=replaces))

    async def create(self, request: CreateRequest) -> CreateResult:
        """Draw the value; a preview knows the inputs and their defaults only."""
        kind = self._kind(request.type)
        inputs = _completed(kind, request.properties)
        if request.preview:
            return CreateResult("", inputs | kind.unknown_outputs())
        drawn = await asyncio.to_thread(kind.draw, inputs)
        return CreateResult(drawn.id, inputs | drawn.outputs)

    async def read(self, request: ReadRequest) -> ReadResult:
        """Return the state as it is, or for an import the value its ID spells out."""
        kind = self._kind(request.type)
        if request.inputs is not None:
            return ReadResult(request.id, request.properties, request.inputs)
        if kind.adopt is None:
            raise SptFlowError(f"A resource of type '{request.type}' cannot be imported.")
        inputs, drawn = await asyncio.to_thread(kind.adopt, request.id)
        return ReadResult(drawn.id, _completed(kind, inputs) | drawn.outputs, inputs)

    async def update(self, request: UpdateRequest) -> Properties:
        """Keep the value, take the inputs."""
        kind = self._kind(request.type)
        kept = {name: value for name, value in request.olds.items() if name not in kind.inputs}
        return kept | _completed(kind, request.news)

    async def delete(self, request: DeleteRequest) -> None:
        """Do nothing: the value only exists in the state."""

    def _kind(self, resource_type: str) -> Kind:
        if resource_type not in KINDS:
            raise UnsupportedTypeError(self.name, resource_type, list(KINDS))
        return KINDS[resource_type]


def _completed(kind: Kind, given: Properties) -> Properties:
    inputs = complete(given, kind.inputs)
    return inputs | kind.derived(inputs)


def _without_empty(inputs: Properties) -> Properties:
    """Return the inputs without keepers that keep nothing."""
    keepers = inputs.get("keepers")
    if isinstance(keepers, dict) and all(value is None for value in keepers.values()):
        return {name: value for name, value in inputs.items() if name != "keepers"}
    return inputs
