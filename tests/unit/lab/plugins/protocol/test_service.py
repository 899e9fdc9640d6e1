"""The gRPC service around a provider, called as the engine does."""

import asyncio
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeAlias, cast

import grpc
import pytest
from google.protobuf import empty_pb2
from google.protobuf.message import Message

from lab.plugins.protocol.codec import decode, encode
from lab.plugins.protocol.service import ProviderService
from lab.plugins.protocol.stubs import provider_pb2, status_pb2
from lab.plugins.protocol.values import UNKNOWN, Secret

Call: TypeAlias = Callable[[str, Message], Any]

_URN = "urn:pulumi:dev::project::component:index:Thing$sample:index:Box::my-box"


async def _failure(call: Call, **properties: object) -> grpc.aio.AioRpcError:
    request = provider_pb2.CreateRequest(urn=_URN, type="sample:index:Box", properties=encode(properties))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call("Create", request)
    return caught.value


async def test_a_users_error_is_its_sentence_without_secrets(call: Call) -> None:
    error = await _failure(call, fail="sentence", password=Secret("hunter22"))
    assert error.details() == "It cannot be done with [secret]. Next: make up"
    assert error.code() is grpc.StatusCode.UNKNOWN


async def test_an_unexpected_error_is_one_sentence(call: Call, capfd: pytest.CaptureFixture[str]) -> None:
    error = await _failure(call, fail="unexpected", word="hunter22")
    details = error.details() or ""
    assert details.startswith("The plugin 'sample' failed in Create of sample:index:Box with an unexpected ValueError;")
    assert "hunter22" not in details
    assert "\n" not in details
    assert "Traceback" not in "".join(capfd.readouterr())


async def test_the_traceback_goes_to_a_private_file_if_asked(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "debug.log"
    monkeypatch.setenv("SPT_FLOW_PLUGIN_LOG", str(log))
    await _failure(call, fail="unexpected", password=Secret("hunter22"))
    assert "ValueError: [secret] is not a number" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


async def test_not_ready_carries_the_state_along(call: Call) -> None:
    error = await _failure(call, fail="not ready", password=Secret("hunter22"))
    metadata = dict(cast("Iterable[tuple[str, bytes]]", error.trailing_metadata()))
    status = status_pb2.Status.FromString(metadata["grpc-status-details-bin"])
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert detail.id == "the-id"
    assert list(detail.reasons) == ["pod [secret] is Pending"]
    assert decode(detail.properties) == {"fail": "not ready", "password": Secret("hunter22"), "status": 1}
    assert decode(detail.inputs) == {"fail": "not ready", "password": Secret("hunter22")}


async def test_an_undecodable_request_is_one_sentence(call: Call) -> None:
    error = await _failure(call, odd={"4dabf18193072939515e22adb298388d": "new"})
    assert (error.details() or "").startswith("The engine sent a value of a kind this plugin does not know")


async def test_create_and_preview(call: Call) -> None:
    request = provider_pb2.CreateRequest(urn=_URN, properties=encode({"a": UNKNOWN}), preview=True)
    response = await call("Create", request)
    assert (response.id, decode(response.properties)) == (
        "",
        {"a": UNKNOWN, "result": Secret("made"), "later": UNKNOWN},
    )
    response = await call("Create", provider_pb2.CreateRequest(urn=_URN, properties=encode({"a": 1})))
    assert (response.id, decode(response.properties)) == ("id-1", {"a": 1, "result": Secret("made"), "later": 3})


async def test_secrets_go_bare_to_an_engine_that_takes_none(call: Call) -> None:
    configured = await call("Configure", provider_pb2.ConfigureRequest(acceptSecrets=False))
    assert configured.acceptSecrets
    assert configured.supportsPreview
    response = await call("Create", provider_pb2.CreateRequest(urn=_URN, properties=encode({})))
    assert decode(response.properties)["result"] == "made"


async def test_check(call: Call) -> None:
    response = await call("Check", provider_pb2.CheckRequest(urn=_URN, news=encode({"x": 1})))
    assert decode(response.inputs) == {"x": 1, "default": 1}
    assert [(failure.property, failure.reason) for failure in response.failures] == [("a.b", "it is wrong")]


async def test_diff(call: Call) -> None:
    response = await call("Diff", provider_pb2.DiffRequest(urn=_URN))
    assert response.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert response.hasDetailedDiff
    assert list(response.replaces) == ["spec"]
    assert list(response.diffs) == ["spec"]
    assert list(response.stables) == ["uid"]
    assert response.deleteBeforeReplace
    kinds = {path: (entry.kind, entry.inputDiff) for path, entry in response.detailedDiff.items()}
    difference = provider_pb2.PropertyDiff
    assert kinds == {"spec.a[0]": (difference.UPDATE_REPLACE, True), "spec.b": (difference.ADD, False)}


async def test_read_tells_refresh_from_import_and_says_gone(call: Call) -> None:
    imported = await call("Read", provider_pb2.ReadRequest(id="x", urn=_URN))
    assert decode(imported.properties) == {"refreshed": False}
    refreshed = await call("Read", provider_pb2.ReadRequest(id="x", urn=_URN, inputs=encode({"a": 1})))
    assert decode(refreshed.properties) == {"refreshed": True}
    gone = await call("Read", provider_pb2.ReadRequest(id="gone", urn=_URN, inputs=encode({})))
    assert gone.id == ""


async def test_update_sees_old_and_new(call: Call) -> None:
    request = provider_pb2.UpdateRequest(id="x", urn=_URN, olds=encode({"a": 1, "b": 1}), news=encode({"b": 2}))
    assert decode((await call("Update", request)).properties) == {"a": 1, "b": 2}


async def test_cancel_ends_a_wait_with_a_sentence(call: Call, service: ProviderService) -> None:
    waiting = call("Delete", provider_pb2.DeleteRequest(id="x", urn=_URN, properties=encode({"wait": True})))
    task = asyncio.ensure_future(waiting)
    while service.idle.is_set():  # noqa: ASYNC110 - there is an event for idle, none for busy
        await asyncio.sleep(0.01)
    start = time.monotonic()
    await call("Cancel", empty_pb2.Empty())
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await task
    assert caught.value.details() == "Deleting was cancelled."
    assert time.monotonic() - start < 5
    assert service.idle.is_set()


async def test_what_no_edition_has_is_refused_with_a_sentence(call: Call) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call("Invoke", provider_pb2.InvokeRequest(tok="sample:index:f"))
    assert (
        caught.value.details() == "The function 'sample:index:f' is not covered by this edition of the plugin 'sample'."
    )
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call("Construct", provider_pb2.ConstructRequest(type="sample:index:C"))
    assert caught.value.details() == "The plugin 'sample' has no component 'sample:index:C'."


async def test_info_schema_and_handshake(call: Call) -> None:
    assert (await call("GetPluginInfo", empty_pb2.Empty())).version == "1.2.3"
    assert (await call("GetSchema", provider_pb2.GetSchemaRequest())).schema == "{}"
    shaken = await call("Handshake", provider_pb2.ProviderHandshakeRequest(engine_address="127.0.0.1:9"))
    assert shaken.accept_secrets
    assert not shaken.accept_outputs
