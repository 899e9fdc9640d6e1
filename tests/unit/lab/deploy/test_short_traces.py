import traceback

import pytest
from pulumi.runtime import resource

from lab.deploy.short_traces import short_traces


class _Base:
    def __init__(self) -> None:
        self.found = resource._get_stack_trace()


class _Kind(_Base):
    def __init__(self) -> None:
        super().__init__()


class _Resource(_Kind):
    def __init__(self) -> None:
        self._internal_init()

    def _internal_init(self) -> None:
        super().__init__()


def test_the_place_is_the_one_that_the_sdk_finds() -> None:
    made = [_Resource()]
    with short_traces():
        made += [_Resource()]
    whole, short = (each.found.frames for each in made)
    assert len(whole) > len(short) == 1
    assert whole[0].pc.uri == short[0].pc.uri
    assert short[0].pc.line == whole[0].pc.line + 2
    assert traceback.extract_stack()[-1].filename in short[0].pc.uri


def test_without_three_constructors_there_is_no_place() -> None:
    with short_traces():
        assert list(_Base().found.frames) == list(_Kind().found.frames) == []


def test_a_failure_inside_leaves_the_sdk_as_it_was() -> None:
    before = resource._get_stack_trace
    with pytest.raises(ValueError, match="it"), short_traces():
        raise ValueError("it")
    assert resource._get_stack_trace is before
