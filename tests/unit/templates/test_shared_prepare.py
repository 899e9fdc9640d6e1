"""The first program of a pod from a foreign image: it makes the user, installs, and leaves root. For real, as root."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.patience import wait_for_text
from tests.support.rendered_template import TEMPLATES

_SCRIPTS = TEMPLATES / "shared/workspace/scripts"
_SHELLS = [
    pytest.param(shell, marks=pytest.mark.skipif(shutil.which(shell) is None, reason=f"no {shell}"))
    for shell in ("dash", "bash")
]
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
_ROOT_USER = "root:x:0:0:root:/root:/bin/sh\n"
_AGENT = """\
#!/bin/sh
{ id -u; id -g; id -G; echo "$USER"; echo "$1"; } >"$SPT_FLOW_RUNTIME/agent"
"""


class Image:
    """A foreign image: an /etc of its own in a mount namespace of its own, and the programs that are on PATH."""

    def __init__(self, root: Path, shell: str) -> None:
        self.shell = shell
        self.etc, self.runtime, self.home, self.programs = (root / name for name in ("etc", "run", "home", "bin"))
        for folder in (self.etc, self.runtime, self.home, self.programs):
            folder.mkdir()
        # pytest keeps its folders from other users; the agent is one.
        for folder in (root, *list(root.parents)[:3]):
            folder.chmod(folder.stat().st_mode | 0o711)
        self.runtime.chmod(0o777)
        (self.etc / "passwd").write_text(_ROOT_USER)
        (self.etc / "group").write_text("root:x:0:\n")
        self.program("agent", _AGENT)
        # Only these, so that what the machine has besides does not count.
        for name in ("sh", "sed", "cat", "rm", "chown", "chmod", "mkdir", "id", "setpriv", "true", "env"):
            (self.programs / name).symlink_to(shutil.which(name) or f"/bin/{name}")

    def program(self, name: str, text: str) -> None:
        path = self.programs / name
        path.write_text(text)
        path.chmod(0o755)

    def start(self) -> list[str]:
        """Run the program and return what the agent saw of itself."""
        script = "\n".join((_SCRIPTS / name).read_text() for name in ("install_tools.sh", "prepare.sh"))
        entering = f'{shutil.which("mount")} --bind {self.etc} /etc && exec "$@"'
        done = subprocess.run(
            [
                *(str(shutil.which("unshare")), "--mount", "/bin/sh", "-c", entering, "sh"),
                *(str(shutil.which(self.shell)), "-c", script),
            ],
            env={
                "PATH": str(self.programs),
                "HOME": str(self.home),
                "SPT_FLOW_RUNTIME": str(self.runtime),
                "SPT_FLOW_AGENT": str(self.programs / "agent"),
            },
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return (self.runtime / "agent").read_text().splitlines()

    def prepared(self) -> str:
        """Wait for the installation to end and return its exit code."""
        return wait_for_text(self.runtime / "prepare.done")


@pytest.fixture(params=_SHELLS)
def image(tmp_path: Path, request: pytest.FixtureRequest) -> Image:
    return Image(tmp_path, request.param)


def test_a_user_is_made_and_the_agent_is_that_user(image: Image) -> None:
    assert image.start() == ["1000", "1000", "1000", "coder", "agent"]
    assert f"coder:x:1000:1000:Coder:{image.home}:/bin/" in (image.etc / "passwd").read_text()
    assert (image.home.stat().st_uid, image.home.stat().st_gid) == (1000, 1000)
    assert "ID=linux" in (image.etc / "os-release").read_text()


def test_a_user_that_is_there_gets_the_volume_as_its_home(image: Image) -> None:
    (image.etc / "passwd").write_text(f"{_ROOT_USER}node:x:1000:1000:Node:/home/node:/bin/sh\n")
    (image.etc / "os-release").write_text("ID=theirs\n")
    assert image.start()[3] == "node"
    assert (image.etc / "passwd").read_text() == f"{_ROOT_USER}node:x:1000:1000:Node:{image.home}:/bin/sh\n"
    assert (image.etc / "os-release").read_text() == "ID=theirs\n"


def test_without_setpriv_the_agent_still_leaves_root(image: Image) -> None:
    (image.programs / "setpriv").unlink()
    (image.programs / "chroot").symlink_to(shutil.which("chroot") or "/usr/sbin/chroot")
    assert image.start()[:2] == ["1000", "1000"]


def test_the_agent_does_not_wait_for_the_installation(image: Image) -> None:
    (image.programs / "sleep").symlink_to("/bin/sleep")
    image.program("apt-get", '#!/bin/sh\nsleep 1\necho "apt-get $*"\n')
    begun = time.monotonic()
    image.start()
    waited = time.monotonic() - begun
    assert not (image.runtime / "prepare.done").exists() or waited > 1
    assert image.prepared() == "0"
    log = (image.runtime / "prepare.log").read_text()
    assert "installing git curl sudo" in log
    assert "apt-get -qq install -y --no-install-recommends git ca-certificates curl openssh-client sudo" in log


def test_a_failed_installation_is_recorded(image: Image) -> None:
    image.program("apt-get", "#!/bin/sh\necho broken\nexit 100\n")
    image.start()
    assert image.prepared() == "100"


def test_an_image_without_a_package_manager_says_so(image: Image) -> None:
    image.start()
    assert image.prepared() == "1"
    assert "no package manager that is known here" in (image.runtime / "prepare.log").read_text()


def test_sudo_needs_no_password_once_it_is_there(image: Image) -> None:
    for name in ("git", "curl", "sudo"):
        image.program(name, "#!/bin/sh\n")
    image.start()
    assert image.prepared() == "0"
    rule = image.etc / "sudoers.d/spt-flow"
    assert rule.read_text() == "coder ALL=(ALL) NOPASSWD:ALL\n"
    assert rule.stat().st_mode & 0o777 == 0o440
