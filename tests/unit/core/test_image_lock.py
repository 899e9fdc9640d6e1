import json
from pathlib import Path

import pytest

from core.errors import UsageError
from core.image_lock import IMAGE_LOCKS, ImageLock
from core.image_reference import ImageReference

_SHA = "sha256:" + "0123456789abcdef" * 4
_POSTGRES = "docker.io/library/postgres:15.14"


def _image(text: str) -> ImageReference:
    return ImageReference.parse(text)


def test_a_locked_image_gets_its_digest_behind_the_tag() -> None:
    lock = ImageLock({_POSTGRES: _SHA})
    assert str(lock.locked(_image("postgres:15.14"))) == f"{_POSTGRES}@{_SHA}"


@pytest.mark.parametrize(
    "text", ["postgres:15.15", "postgres", "ghcr.io/postgres:15.14", f"postgres:15.14@{_SHA[:-1]}0"]
)
def test_any_other_stays_as_it_is(text: str) -> None:
    assert ImageLock({_POSTGRES: _SHA}).locked(_image(text)) == _image(text)


def test_what_is_written_is_read_and_sorted(tmp_path: Path) -> None:
    lock = ImageLock({_POSTGRES: _SHA, "docker.io/library/alpine:3": _SHA})
    path = lock.write("prod", tmp_path / "locks")
    assert ImageLock.read("prod", tmp_path / "locks") == lock
    assert list(json.loads(path.read_text())["images"]) == ["docker.io/library/alpine:3", _POSTGRES]


def test_a_stack_without_a_file_has_an_empty_lock(tmp_path: Path) -> None:
    assert ImageLock.read("prod", tmp_path) == ImageLock()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"images": []}',
        '{"images": {}, "more": 1}',
        json.dumps({"images": {"postgres:15.14": _SHA}}),
        json.dumps({"images": {"docker.io/library/postgres": _SHA}}),
        json.dumps({"images": {f"{_POSTGRES}@{_SHA}": _SHA}}),
        json.dumps({"images": {_POSTGRES: "sha256:abc"}}),
        json.dumps({"images": {_POSTGRES: None}}),
        json.dumps({"images": {"Not An Image:1": _SHA}}),
    ],
)
def test_a_file_that_is_no_lock_is_one_sentence(content: str, tmp_path: Path) -> None:
    (tmp_path / "prod.json").write_text(content)
    with pytest.raises(UsageError, match=r"images/locks/prod\.json must be a JSON object") as caught:
        ImageLock.read("prod", tmp_path)
    assert caught.value.next_command == "make images-lock STACK=prod"


@pytest.mark.parametrize("path", sorted(IMAGE_LOCKS.glob("*.json")), ids=lambda path: path.stem)
def test_the_locks_of_the_project_can_be_read(path: Path) -> None:
    ImageLock.read(path.stem)
