"""Finished layers: found only whole, and only for what they were made from."""

import hashlib
import os
from pathlib import Path
from typing import IO

import pytest

from lab.images.layer_store import LayerStore


@pytest.fixture
def store(tmp_path: Path) -> LayerStore:
    return LayerStore(tmp_path / "layers")


def write(output: IO[bytes]) -> None:
    output.write(b"content")


def test_a_kept_layer_is_found_with_its_digest(store: LayerStore) -> None:
    assert store.find("base", "made-of") is None
    kept = store.keep("base", "made-of", write)
    assert store.find("base", "made-of") == kept
    assert (kept.digest, kept.size) == (hashlib.sha256(b"content").hexdigest(), 7)
    assert sorted(path.name for path in store.folder.iterdir()) == ["base.json", "base.tar"]


def test_a_layer_made_from_something_else_or_damaged_is_not_found(store: LayerStore) -> None:
    kept = store.keep("base", "made-of", write)
    assert store.find("base", "made-of-another") is None
    os.truncate(kept.path, 3)
    assert store.find("base", "made-of") is None


def test_a_failure_while_writing_leaves_no_layer(store: LayerStore) -> None:
    store.keep("base", "made-of", write)

    def fail(output: IO[bytes]) -> None:
        output.write(b"half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        store.keep("base", "made-of-another", fail)
    assert store.find("base", "made-of") is None
    assert store.find("base", "made-of-another") is None
