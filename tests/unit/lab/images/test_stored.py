"""Archives of versions that are over: kept for those who may be reading them, then removed."""

import os
import time
from pathlib import Path

from lab.images.archive import ImageConfig, ImageSpec
from lab.images.layer import File
from lab.images.stored import NodeImage, stored_images

HOUR = 3600


def store(folder: Path, version: str, name: str = "tools") -> NodeImage:
    folder.mkdir(exist_ok=True)
    spec = ImageSpec(f"localhost/{name}:{version}", [File("/version", version.encode())], ImageConfig(entrypoint=()))
    return stored_images({name: spec}, folder)[0]


def test_an_old_version_goes_when_a_new_one_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    old, recent, other = store(folder, "1.0-a"), store(folder, "1.0-b"), store(folder, "1", name="tools-x")
    for image in (old, other):
        long_ago = time.time() - 2 * HOUR
        os.utime(image.archive.with_suffix(".json"), (long_ago, long_ago))
    new = store(folder, "1.0-c")
    assert {path.name for path in folder.glob("*.tar")} == {image.archive.name for image in (recent, other, new)}
    assert not old.archive.with_suffix(".json").exists()
