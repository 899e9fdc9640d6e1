"""OCI archives: what is in them, and that the same input gives the same bytes."""

import hashlib
import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from lab.images.archive import ImageConfig, ImageSpec, LayerFile, write_archive
from lab.images.layer import Directory, Entry, File, Symlink


def spec(*entries: Entry) -> ImageSpec:
    config = ImageConfig(
        entrypoint=("/app",),
        command=("serve",),
        user="65532:65532",
        environment={"B": "2", "A": "1"},
        exposed_ports=("5000/tcp",),
        labels={"org.opencontainers.image.version": "1.2"},
    )
    return ImageSpec("localhost/spt-flow/app:1.2", entries, config)


def blobs(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as tar:
        members = {member.name: tar.extractfile(member) for member in tar.getmembers()}
        return {name: file.read() for name, file in members.items() if file is not None}


def read_json(content: dict[str, bytes], digest: str) -> dict[str, Any]:
    return dict(json.loads(content[f"blobs/sha256/{digest.removeprefix('sha256:')}"]))


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program"
    path.write_bytes(b"\x7fELF" + bytes(3_000_000))
    return path


def test_every_blob_is_named_by_its_digest_and_the_chain_holds(tmp_path: Path, program: Path) -> None:
    digest = write_archive(spec(File("/app", program, 0o755)), tmp_path / "a.tar", architecture="amd64")
    content = blobs(tmp_path / "a.tar")
    for name, blob in content.items():
        if name.startswith("blobs/"):
            assert name == f"blobs/sha256/{hashlib.sha256(blob).hexdigest()}"
    index = json.loads(content["index.json"])
    assert index["manifests"][0]["digest"] == digest
    assert index["manifests"][0]["annotations"]["io.containerd.image.name"] == "localhost/spt-flow/app:1.2"
    manifest = read_json(content, digest)
    config = read_json(content, manifest["config"]["digest"])
    assert config["rootfs"]["diff_ids"] == [manifest["layers"][0]["digest"]]
    assert config["architecture"] == "amd64"
    assert config["config"] == {
        "Cmd": ["serve"],
        "Entrypoint": ["/app"],
        "Env": ["A=1", "B=2"],
        "ExposedPorts": {"5000/tcp": {}},
        "Labels": {"org.opencontainers.image.version": "1.2"},
        "User": "65532:65532",
        "WorkingDir": "/",
    }


def test_the_layer_keeps_modes_owners_and_links(tmp_path: Path, program: Path) -> None:
    entries = (
        File("/usr/bin/app", program, 0o755),
        File("/etc/app.conf", b"x", 0o640, 1, 2),
        Directory("/var/lib/app", 0o700, 65532, 65532),
        Symlink("/app", "/usr/bin/app"),
    )
    digest = write_archive(spec(*entries), tmp_path / "a.tar")
    content = blobs(tmp_path / "a.tar")
    layer = read_json(content, digest)["layers"][0]["digest"].removeprefix("sha256:")
    (tmp_path / "layer.tar").write_bytes(content[f"blobs/sha256/{layer}"])
    with tarfile.open(tmp_path / "layer.tar") as tar:
        found = {m.name: (m.type, oct(m.mode), m.uid, m.gid, m.linkname, m.mtime) for m in tar.getmembers()}
        binary = tar.extractfile("usr/bin/app")
        assert binary is not None
        assert binary.read() == program.read_bytes()
    assert found["usr/bin/app"] == (tarfile.REGTYPE, "0o755", 0, 0, "", 0)
    assert found["etc/app.conf"] == (tarfile.REGTYPE, "0o640", 1, 2, "", 0)
    assert found["var/lib/app"] == (tarfile.DIRTYPE, "0o700", 65532, 65532, "", 0)
    assert found["app"] == (tarfile.SYMTYPE, "0o777", 0, 0, "/usr/bin/app", 0)
    assert found["var"] == (tarfile.DIRTYPE, "0o755", 0, 0, "", 0)
    assert list(found) == sorted(found)


def test_the_same_files_give_the_same_bytes_whatever_their_times_and_order(tmp_path: Path, program: Path) -> None:
    entries = (File("/b", program, 0o755), File("/a", b"1"))
    write_archive(spec(*entries), tmp_path / "a.tar")
    program.touch()
    write_archive(spec(*reversed(entries)), tmp_path / "b.tar")
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()


@pytest.mark.parametrize("path", ["relative", "/", "/a/../b", ""])
def test_a_path_that_leaves_the_image_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="must be absolute"):
        write_archive(spec(File(path, b"")), tmp_path / "a.tar")
    assert not (tmp_path / "a.tar").exists()


def test_a_path_listed_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="listed twice"):
        write_archive(spec(File("/a", b"1"), Symlink("/a", "/b")), tmp_path / "a.tar")


@pytest.mark.skipif(shutil.which("skopeo") is None, reason="skopeo is not on PATH")
def test_skopeo_reads_the_archive(tmp_path: Path, program: Path) -> None:
    digest = write_archive(spec(File("/app", program, 0o755)), tmp_path / "a.tar")
    done = subprocess.run(
        ["skopeo", "inspect", f"oci-archive:{tmp_path / 'a.tar'}"], capture_output=True, check=True, text=True
    )
    seen = json.loads(done.stdout)
    assert seen["Digest"] == digest
    assert seen["Labels"] == {"org.opencontainers.image.version": "1.2"}


def test_layers_that_are_there_lie_below_the_entries(tmp_path: Path) -> None:
    lower = tmp_path / "lower.tar"
    lower.write_bytes(b"a layer")
    below = LayerFile(lower, hashlib.sha256(b"a layer").hexdigest(), 7)
    config = ImageConfig(entrypoint=(), stop_signal="SIGINT")
    digest = write_archive(ImageSpec("localhost/app:1", [File("/a", b"1")], config, below=[below]), tmp_path / "a.tar")
    content = blobs(tmp_path / "a.tar")
    manifest = read_json(content, digest)
    assert manifest["layers"][0]["digest"] == f"sha256:{below.digest}"
    assert len(manifest["layers"]) == 2
    assert content[f"blobs/sha256/{below.digest}"] == b"a layer"
    written = read_json(content, manifest["config"]["digest"])
    assert written["rootfs"]["diff_ids"] == [layer["digest"] for layer in manifest["layers"]]
    assert len(written["history"]) == 2
    assert written["config"] == {"StopSignal": "SIGINT", "User": "0:0", "WorkingDir": "/"}


def test_an_image_without_entries_is_its_layers_alone(tmp_path: Path) -> None:
    lower = tmp_path / "lower.tar"
    lower.write_bytes(b"a layer")
    below = LayerFile(lower, hashlib.sha256(b"a layer").hexdigest(), 7)
    config = ImageConfig(entrypoint=())
    digest = write_archive(ImageSpec("localhost/app:1", (), config, below=[below]), tmp_path / "a.tar")
    assert len(read_json(blobs(tmp_path / "a.tar"), digest)["layers"]) == 1
