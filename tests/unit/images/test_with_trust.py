"""with-trust.sh: a command of a build sees the network's certificates and registries, and nothing of them stays."""

import shlex
import tarfile
from pathlib import Path
from typing import Final

import pytest

from core.command import Command

SCRIPT: Final = Path(__file__).resolve().parents[3] / "images" / "workspace" / "with-trust.sh"


class Surrounding:
    def __init__(self, folder: Path) -> None:
        self.image, self.secret, self.work = folder / "image", folder / "secret", folder / "work"
        self.image.mkdir()
        self.work.mkdir()

    def environment(self) -> dict[str, str]:
        """Return the variables that a command sees."""
        return dict(line.partition("=")[::2] for line in self.run("env").splitlines())

    def run(self, *command: str) -> str:
        named = {"IMAGE": self.image, "SECRET": self.secret, "WORK": self.work}
        env = {f"SPT_TRUST_{name}": str(path) for name, path in named.items()}
        keep = " ".join(f"{name}={shlex.quote(value)}" for name, value in env.items())
        # Nothing of this machine's own settings may be mistaken for the script's.
        return Command("env").run("-i", "PATH=/usr/bin:/bin", *shlex.split(keep), str(SCRIPT), *command).stdout


@pytest.fixture
def surrounding(tmp_path: Path) -> Surrounding:
    return Surrounding(tmp_path)


def test_without_trust_a_command_runs_as_ever(surrounding: Surrounding) -> None:
    seen = surrounding.environment()
    assert not {"SSL_CERT_FILE", "PIP_CERT", "GOPROXY", "PIP_INDEX_URL"} & set(seen)
    assert surrounding.run("echo", "a b", "c") == "a b c\n"


def test_certificates_reach_every_client(surrounding: Surrounding) -> None:
    bundle = surrounding.image / "ca.pem"
    bundle.write_text("certificates")
    seen = surrounding.environment()
    for name in ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO"):
        assert seen[name] == str(bundle)
    for name in ("PIP_CERT", "NODE_EXTRA_CA_CERTS", "CARGO_HTTP_CAINFO"):
        assert seen[name] == str(bundle)
    assert str(bundle) in Path(seen["APT_CONFIG"]).read_text()


def test_addresses_are_taken_and_nothing_else(surrounding: Surrounding) -> None:
    lines = (
        "GOPROXY=https://go.example.com|x\nhttps_proxy=http://p:1/a=b\nPATH=/evil\nLD_PRELOAD=x\nGOFLAGS=-toolexec=x\n"
    )
    (surrounding.image / "environment").write_text(lines)
    seen = surrounding.environment()
    assert seen["GOPROXY"] == "https://go.example.com|x"
    assert seen["https_proxy"] == "http://p:1/a=b"
    assert seen["PATH"] == "/usr/bin:/bin"
    assert "LD_PRELOAD" not in seen
    assert seen["GOFLAGS"] == "-modcacherw"


def test_configuration_files_are_named_to_their_programs(surrounding: Surrounding) -> None:
    for name in ("npmrc", "pip.conf", "cargo.toml", "apt.conf"):
        (surrounding.image / name).write_text(f"# {name}\n")
    seen = surrounding.environment()
    assert seen["npm_config_globalconfig"] == str(surrounding.image / "npmrc")
    assert seen["PIP_CONFIG_FILE"] == str(surrounding.image / "pip.conf")
    assert (Path(seen["CARGO_HOME"]) / "config.toml").read_text() == "# cargo.toml\n"
    assert "# apt.conf" in Path(seen["APT_CONFIG"]).read_text()


def test_a_secret_takes_the_place_of_the_folder(surrounding: Surrounding, tmp_path: Path) -> None:
    (surrounding.image / "environment").write_text("GOPROXY=https://one.example.com\n")
    (tmp_path / "environment").write_text("GOPROXY=https://two.example.com\n")
    with tarfile.open(surrounding.secret, "w") as tar:
        tar.add(tmp_path / "environment", "environment")
    assert surrounding.environment()["GOPROXY"] == "https://two.example.com"


def test_what_is_kept_lies_in_the_work_folder(surrounding: Surrounding) -> None:
    seen = surrounding.environment()
    for name in ("HOME", "CARGO_HOME", "GOMODCACHE", "GOCACHE", "npm_config_cache", "APT_CONFIG"):
        assert Path(seen[name]).is_relative_to(surrounding.work)


def test_a_failing_command_fails_the_step(surrounding: Surrounding) -> None:
    done = Command(str(SCRIPT), env={"SPT_TRUST_WORK": str(surrounding.work)}).run("sh", "-c", "exit 7", check=False)
    assert done.returncode == 7
