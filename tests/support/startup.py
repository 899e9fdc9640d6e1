"""A workspace on this machine for the start script of the templates: a home, an image's programs, real repositories."""

__all__ = ["Workspace", "executable", "git", "repository"]

import subprocess
from pathlib import Path


class Workspace:
    """A home, the memory folder, programs of the image, and the script that runs there."""

    def __init__(self, root: Path, script: str, shell: str) -> None:
        self.root, self.shell = root, shell
        self.home, self.runtime, self.programs = root / "home", root / "run", root / "bin"
        for folder in (self.home, self.runtime, self.programs, root / "skeleton"):
            folder.mkdir()
        self.script = root / "start.sh"
        self.script.write_text(script)
        self.path = f"{self.programs}:/usr/bin:/bin"

    def start(self, **environment: str) -> str:
        """Run the start and return what it said; it must succeed, and in time."""
        done = subprocess.run(
            [self.shell, str(self.script)],
            env=self.environment(**environment),
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert "== Ready after" in done.stdout.splitlines()[-1]
        return done.stdout

    def environment(self, **more: str) -> dict[str, str]:
        return {
            "HOME": str(self.home),
            "PATH": self.path,
            "SPT_FLOW_RUNTIME": str(self.runtime),
            "SPT_FLOW_SKELETON": str(self.root / "skeleton"),
            "SPT_FLOW_WASM_INSTALLER": str(self.root / "install-wasm-tools"),
            "GIT_CONFIG_NOSYSTEM": "1",
            **more,
        }

    def program(self, name: str, body: str) -> Path:
        return executable(self.programs / name, body)

    def without(self, *names: str) -> None:
        """Give the image only what a bare one has, less the named programs."""
        bare = self.root / "bare"
        bare.mkdir()
        for folder in ("/usr/bin", "/bin"):
            for path in Path(folder).iterdir():
                if path.name not in names and not (bare / path.name).exists():
                    (bare / path.name).symlink_to(path)
        self.path = f"{self.programs}:{bare}"


def executable(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def repository(folder: Path, files: dict[str, str], branch: str = "main") -> str:
    """Make a repository with one commit and return its address."""
    folder.mkdir(parents=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755 if text.startswith("#!") else 0o644)
    git(folder, "init", "-q", "-b", branch)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "begin", "--allow-empty")
    return f"file://{folder}"


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True, timeout=20
    )
    return done.stdout.strip()
