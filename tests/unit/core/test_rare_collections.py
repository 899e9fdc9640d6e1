import gc

import pytest

from core.rare_collections import rare_collections


def test_collections_are_rare_for_the_block_alone() -> None:
    before = gc.get_threshold()
    frozen = gc.get_freeze_count()
    with rare_collections():
        assert gc.isenabled()
        assert gc.get_threshold()[0] > 10 * before[0]
        assert gc.get_freeze_count() > frozen
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


def test_a_failure_inside_leaves_them_as_they_were() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError, match="it"), rare_collections():
        raise ValueError("it")
    assert gc.get_threshold() == before


def test_what_refers_to_itself_is_freed_in_the_end() -> None:
    freed = []

    class Ring:
        def __init__(self) -> None:
            self.self = self

        def __del__(self) -> None:
            freed.append(1)

    with rare_collections():
        for _ in range(200_000):
            Ring()
            if freed:
                break
        assert freed, "nothing was collected"
