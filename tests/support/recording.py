"""A Pulumi monitor that records what a program registers; set anew for each test, so that no state is shared."""

__all__ = ["PUSHED_DIGEST", "Registered", "declare"]

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import pulumi.runtime
from google.protobuf import json_format
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY

PUSHED_DIGEST: Final = "sha256:" + "5eed" * 16
"""The digest of every image that is built and pushed."""


Functions: TypeAlias = Mapping[str, Callable[[dict[str, Any]], Any]]


@dataclass(frozen=True)
class Registered:
    """One resource as the engine was asked for it; secrets in `inputs` are unwrapped, `secrets` has their paths.

    `sent` has them as they were sent, marked.
    """

    type: str
    name: str
    parent: str
    inputs: dict[str, Any]
    secrets: frozenset[str]
    depends_on: frozenset[str]
    protect: bool
    provider: str
    secret_outputs: tuple[str, ...]
    sent: dict[str, Any]


class _Answers(pulumi.runtime.Mocks):
    """What a provider would add: an address for a Service, a password, what a command prints, an image's digest."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        state = copy.deepcopy(args.inputs)
        if args.typ == "kubernetes:core/v1:Service":
            state["spec"] = {"clusterIP": "10.96.0.7", **state["spec"]}
        if args.typ == "random:index/randomPassword:RandomPassword":
            state["result"] = "generated-password"
        if args.typ == "command:local:Command":
            printed = {"session_token": "generated-token", "template_id": "some-id", "version_name": "some-version"}
            state["stdout"] = json.dumps(printed)
        if args.typ == "docker:index/image:Image":
            state["repoDigest"] = f"{args.inputs['imageName'].rpartition(':')[0]}@{PUSHED_DIGEST}"
        return f"{args.name}-id", state

    def __init__(self, functions: Functions | None = None) -> None:
        self._functions = functions or {}

    def call(self, args: MockCallArgs) -> Any:  # noqa: ANN401 - any JSON
        if args.token not in self._functions:
            raise AssertionError(f"the program must not ask providers: {args.token}")
        return self._functions[args.token](dict(args.args))


class _RecordingMonitor(MockMonitor):
    def __init__(self, functions: Functions | None) -> None:
        super().__init__(_Answers(functions))
        self.registered: dict[str, Registered] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: ANN401, N802 - the SDK's name, and untyped
        secrets: set[str] = set()
        answer = super().RegisterResource(request)  # type: ignore[no-untyped-call] # the SDK's mocks have no types
        self.registered[answer.urn] = Registered(
            type=request.type,
            name=request.name,
            parent=_name(request.parent),
            inputs=_unwrap(json_format.MessageToDict(request.object), "", secrets),
            secrets=frozenset(secrets),
            depends_on=frozenset(_name(urn) for urn in request.dependencies),
            protect=request.protect,
            provider=_name(request.provider.rpartition("::")[0]),
            secret_outputs=tuple(request.additionalSecretOutputs),
            sent=json_format.MessageToDict(request.object),
        )
        return answer


def declare(
    program: Callable[[], object], *, stack: str = "dev", functions: Functions | None = None
) -> dict[str, Registered]:
    """Run a program to its end against a fresh monitor; return what it registered, by name and without the stack.

    `functions` answer for those of providers, by token; any other that is asked is a failure.
    """
    monitor = _RecordingMonitor(functions)
    pulumi.runtime.set_mocks(_Answers(), project="spt-flow", stack=stack, preview=False, monitor=monitor)
    run = pulumi.runtime.test(program)  # type: ignore[no-untyped-call] # the SDK's decorator has no types
    run()
    found = [entry for entry in monitor.registered.values() if entry.type != "pulumi:pulumi:Stack"]
    names = [entry.name for entry in found]
    assert len(names) == len(set(names)), "two resources share a name"
    return {entry.name: entry for entry in found}


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _unwrap(value: Any, path: str, secrets: set[str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        if value.get(SPECIAL_SIG_KEY) == SPECIAL_SECRET_SIG:
            secrets.add(path)
            return _unwrap(value["value"], path, secrets)
        return {key: _unwrap(entry, f"{path}.{key}" if path else key, secrets) for key, entry in value.items()}
    if isinstance(value, list):
        return [_unwrap(entry, f"{path}[{index}]", secrets) for index, entry in enumerate(value)]
    return value
