import json
from collections.abc import Iterator
from typing import Final, Never

import pulumi
import pulumi.runtime
import pytest
from pulumi.runtime.config import CONFIG

from settings import SettingsError, read_settings
from tests.support.event_loop import own_event_loop

_REQUIRED: Final = {
    "spt-flow:kubeContext": "here",
    "spt-flow:nodeCidrs": '["10.0.0.0/16"]',
    "spt-flow:coderAccessUrl": "https://coder.example.com",
}


@pytest.fixture(autouse=True)
def _own_config() -> Iterator[None]:
    with own_event_loop():
        token = CONFIG.set({})
        pulumi.runtime.set_mocks(_NoResources(), project="spt-flow", stack="staging")
        yield
        CONFIG.reset(token)
        pulumi.runtime.set_all_config({}, [])


class _NoResources(pulumi.runtime.Mocks):
    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> Never:
        raise AssertionError(args.name)

    def call(self, args: pulumi.runtime.MockCallArgs) -> Never:
        raise AssertionError(args.token)


def test_reads_what_the_engine_set() -> None:
    pulumi.runtime.set_all_config(_REQUIRED)
    settings = read_settings()
    assert (settings.stack, settings.cluster.kube_context) == ("staging", "here")


def test_sees_unknown_keys_that_config_objects_never_show() -> None:
    pulumi.runtime.set_all_config({"spt-flow:nonsense": "1"})
    with pytest.raises(SettingsError, match="'spt-flow:nonsense', which is no setting"):
        read_settings()


def test_does_not_repeat_what_the_engine_marked_as_secret() -> None:
    pulumi.runtime.set_all_config({"spt-flow:registryStorage": "hunter2"}, ["spt-flow:registryStorage"])
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert "hunter2" not in str(caught.value)


def test_reads_what_the_language_host_leaves_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({**_REQUIRED, "spt-flow:kubeContext": "env"}))
    assert read_settings().cluster.kube_context == "env"
