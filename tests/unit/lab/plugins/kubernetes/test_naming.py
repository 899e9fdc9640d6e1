"""Names, IDs, annotations."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from lab.plugins.kubernetes.annotations import deletion_propagation, timeout_seconds
from lab.plugins.kubernetes.naming import assign_name, compose_id, is_autonamed, keep_old_name, parse_id, unique_name
from lab.plugins.protocol.requests import Autonaming
from lab.plugins.protocol.values import UNKNOWN


def test_an_unnamed_object_gets_a_name_and_says_so() -> None:
    manifest: dict[str, Any] = {"metadata": {"labels": {"a": "b"}}}
    assign_name(manifest, "web", b"", None)
    assert re.fullmatch(r"web-[0-9a-f]{8}", manifest["metadata"]["name"])
    assert manifest["metadata"]["annotations"] == {"pulumi.com/autonamed": "true"}


def test_the_seed_decides() -> None:
    assert unique_name("web-", b"seed") == unique_name("web-", b"seed") != unique_name("web-", b"other")
    assert unique_name("web-", b"") != unique_name("web-", b"")


@pytest.mark.parametrize("metadata", [{"name": "given"}, {"name": UNKNOWN}, UNKNOWN])
def test_a_named_object_keeps_its_name(metadata: Any) -> None:  # noqa: ANN401 - a mapping or UNKNOWN
    manifest = {"metadata": metadata}
    assign_name(manifest, "web", b"", None)
    assert manifest == {"metadata": metadata}


def test_what_the_user_says_about_names() -> None:
    manifest: dict[str, Any] = {}
    assign_name(manifest, "web", b"", Autonaming("web-of-mine", "enforce"))
    assert manifest["metadata"]["name"] == "web-of-mine"
    with pytest.raises(UsageError, match=r"'web' has no 'metadata\.name'"):
        assign_name({}, "web", b"", Autonaming("", "disable"))


def test_a_chosen_name_is_kept() -> None:
    old: dict[str, Any] = {}
    assign_name(old, "web", b"", None)
    new: dict[str, Any] = {}
    keep_old_name(new, old)
    assert new["metadata"]["name"] == old["metadata"]["name"]
    assert is_autonamed(new)
    given_before: dict[str, Any] = {}
    keep_old_name(given_before, {"metadata": {"name": "given"}})
    assert given_before == {}


_WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-.", min_size=1)


@given(_WORDS, st.one_of(st.just(""), _WORDS))
def test_ids_read_back(name: str, namespace: str) -> None:
    assert parse_id(compose_id({"metadata": {"name": name, "namespace": namespace}})) == (namespace, name)


@pytest.mark.parametrize("wrong", ["", "a/", "a/b/c"])
def test_ids_that_are_none(wrong: str) -> None:
    with pytest.raises(UsageError, match="is not valid"):
        parse_id(wrong)


@pytest.mark.parametrize(
    ("option", "written", "expected"),
    [(7.0, "30", 7.0), (0.0, "30", 30.0), (0.0, "", 600.0), (0.0, "soon", 600.0), (0.0, "-1", 600.0)],
)
def test_how_long_to_wait(option: float, written: str, expected: float) -> None:
    manifest = {"metadata": {"annotations": {"pulumi.com/timeoutSeconds": written}}}
    assert timeout_seconds(option, manifest, 600.0) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [("orphan", "Orphan"), ("Background", "Background"), ("foreground", "Foreground"), ("", "Foreground")],
)
def test_how_to_delete(written: str, expected: str) -> None:
    manifest = {"metadata": {"annotations": {"pulumi.com/deletionPropagationPolicy": written}}}
    assert deletion_propagation(manifest) == expected
