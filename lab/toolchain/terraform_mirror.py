"""Terraform's providers as a file system mirror: with it `terraform init` reaches no network."""

__all__ = ["PROVIDERS", "TerraformProvider", "cli_configuration", "terraform_mirror"]

import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

import versions
from core.errors import SptFlowError
from lab.toolchain.golang import go_architecture
from lab.toolchain.toolchain import Toolchain

_REGISTRY = "registry.terraform.io"


@dataclass(frozen=True)
class TerraformProvider:
    """A provider: its source is `namespace`/`name`, and `program` is what the toolchain has built."""

    namespace: str
    name: str
    version: str

    @property
    def program(self) -> str:
        """File name among the toolchain's programs."""
        return f"terraform-provider-{self.name}"

    @property
    def path(self) -> PurePosixPath:
        """Place below a mirror's root; the layout is Terraform's own."""
        folder = PurePosixPath(_REGISTRY, self.namespace, self.name, self.version, f"linux_{go_architecture()}")
        return folder / f"{self.program}_v{self.version}"


PROVIDERS = (
    TerraformProvider("coder", "coder", versions.TERRAFORM_PROVIDER_CODER),
    TerraformProvider("gavinbunney", "kubectl", versions.TERRAFORM_PROVIDER_KUBECTL),
)
"""Every provider that the lab has."""


def cli_configuration(mirror: PurePath) -> str:
    """Return Terraform's CLI configuration for a mirror; a provider that is not in it is an error, not a download."""
    return f"""\
disable_checkpoint = true

provider_installation {{
  filesystem_mirror {{
    path = "{mirror}"
  }}
}}
"""


def terraform_mirror(toolchain: Toolchain) -> Path:
    """Make or update the mirror and return its CLI configuration, the value of TF_CLI_CONFIG_FILE.

    Raises SptFlowError when a provider is not built.
    """
    mirror = toolchain.terraform / "mirror"
    mirror.mkdir(parents=True, exist_ok=True)
    wanted = {mirror / provider.path: toolchain.bin / provider.program for provider in PROVIDERS}
    for place, source in wanted.items():
        if not source.is_file():
            raise SptFlowError(f"The Terraform provider {source} is missing.", next_command="make up")
        if not (place.is_file() and place.samefile(source)):
            _link(source, place, toolchain.terraform)
    # Terraform takes the newest version that fits: one of an earlier pin must not be found.
    for outdated in {path for path in mirror.rglob("*") if path.is_file()} - wanted.keys():
        outdated.unlink(missing_ok=True)
    configuration = toolchain.terraform / "terraform.rc"
    text = cli_configuration(mirror)
    if not (configuration.is_file() and configuration.read_text(encoding="utf-8") == text):
        _write(configuration, text)
    return configuration


def _link(source: Path, place: Path, folder: Path) -> None:
    """Put a hard link at `place`: the cache is one file system, and a provider is 30 to 60 MB."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        fresh = Path(scratch, place.name)
        fresh.hardlink_to(source)
        fresh.replace(place)


def _write(path: Path, text: str) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        fresh = Path(scratch, path.name)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
