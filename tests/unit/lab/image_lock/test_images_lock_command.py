from pathlib import Path

import pytest

from core.errors import SptFlowError, UsageError
from core.image_lock import ImageLock
from core.image_reference import ImageReference
from lab.commands import images_lock as command
from lab.image_lock.registry_client import RegistryClient, RegistryError

_SHA = "sha256:" + "0123456789abcdef" * 4


@pytest.fixture
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that stands in for images/locks/."""

    class Lock(ImageLock):
        @classmethod
        def read(cls, stack: str, folder: Path = tmp_path) -> ImageLock:  # type: ignore[override] # a test's own folder
            return ImageLock.read(stack, folder)

    write = ImageLock.write
    monkeypatch.setattr(command, "ImageLock", Lock)
    monkeypatch.setattr(ImageLock, "write", lambda self, stack: write(self, stack, tmp_path))
    return tmp_path


def test_what_can_be_locked_is_written_and_the_rest_is_an_error(
    locks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def digest(_: RegistryClient, image: ImageReference) -> str:
        if image.registry != "docker.io":
            raise RegistryError("No answer.")
        return _SHA

    monkeypatch.setattr(RegistryClient, "digest", digest)
    with pytest.raises(SptFlowError, match="images of stack 'prod' could not be locked"):
        command.images_lock("prod")
    locked = set(ImageLock.read("prod", locks).digests)
    assert {"docker.io/library/registry:3.1.2", "docker.io/library/postgres:15.14"} <= locked
    assert [name for name in locked if not name.startswith("docker.io/")] == []
    printed = capsys.readouterr().out
    assert f"locked   docker.io/library/registry:3.1.2 -> {_SHA}" in printed
    assert "missing  ghcr.io/coder/coder:v2.36.3: No answer." in printed


def test_the_labs_stack_has_nothing_to_lock() -> None:
    with pytest.raises(UsageError, match="there is nothing to lock"):
        command.images_lock("dev")


@pytest.mark.parametrize("via", ["registry", "=http://x", "a=ftp://x", "a=http://me:x@y", "a=http://"])
def test_another_address_is_a_registry_and_a_url(via: str) -> None:
    with pytest.raises(UsageError, match="The option --via must be"):
        command.images_lock("prod", [via])
