from collections.abc import Iterator
from threading import Thread

import pulumi_policy.policy
import pytest
from pulumi.runtime.proto import analyzer_pb2

from policies.shared_properties import share_properties

_PATCHED = ("json_format", "deserialize_properties", "unknown_checking_proxy")


@pytest.fixture
def service() -> Iterator[dict[str, object]]:
    """Share properties for one test."""
    names = vars(pulumi_policy.policy)
    before = {name: names[name] for name in _PATCHED}
    share_properties()
    yield names
    names.update(before)


def _request(**properties: int) -> analyzer_pb2.AnalyzeRequest:
    request = analyzer_pb2.AnalyzeRequest()
    request.properties.update(properties)
    return request


def _read(service: dict[str, object], request: analyzer_pb2.AnalyzeRequest) -> object:
    """Read a request's properties in the way the SDK's service does."""
    json_format = service["json_format"]
    plain = json_format.MessageToDict(request.properties)  # type: ignore[attr-defined] # stands for the module
    deserialized = service["deserialize_properties"](plain)  # type: ignore[operator] # a function
    return service["unknown_checking_proxy"](deserialized)  # type: ignore[operator] # a function


def test_properties_are_read_once_for_all_rules(service: dict[str, object]) -> None:
    own, provider = _request(a=1), _request(a=1)
    first, of_provider = _read(service, own), _read(service, provider)
    for _ in range(3):
        assert _read(service, own) is first
        assert _read(service, provider) is of_provider
    assert first is not of_provider


def test_sharing_again_changes_nothing(service: dict[str, object]) -> None:
    before = {name: service[name] for name in _PATCHED}
    share_properties()
    assert {name: service[name] for name in _PATCHED} == before


def test_each_resource_has_its_own(service: dict[str, object]) -> None:
    read = [_read(service, _request(number=number)) for number in range(50)]
    assert [each["number"] for each in read] == list(range(50))  # type: ignore[index] # proxies of maps


def test_threads_do_not_see_each_others(service: dict[str, object]) -> None:
    request = _request(a=1)
    first = _read(service, request)
    found: list[object] = []
    thread = Thread(target=lambda: found.append(_read(service, request)))
    thread.start()
    thread.join()
    assert found[0] is not first
    assert _read(service, request) is first
