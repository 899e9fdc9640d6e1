"""One lab: its name, where it keeps its files, and everything on the machine that is derived from its slot."""

__all__ = ["INSTANCE_FILE", "LabInstance"]

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

import ports
from core.errors import SptFlowError

INSTANCE_FILE = "instance.json"
"""The file in a lab's directory that makes it one; a directory without it is never removed."""


class LabInstance(BaseModel):
    """A lab's identity. Two labs with different names and slots run side by side on one machine.

    The slot (0 to 63) chooses the addresses; the name chooses the device and the cgroup.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,7}$")]
    directory: Path
    slot: Annotated[int, Field(ge=0, le=63)]

    @field_validator("directory")
    @classmethod
    def _absolute(cls, directory: Path) -> Path:
        if not directory.is_absolute():
            raise ValueError("must be an absolute path")
        return directory

    @classmethod
    def default(cls, root: Path) -> Self:
        """Return the lab of `make up`: slot 0, in `.lab` below the checkout `root`."""
        return cls(name="lab", directory=root.resolve() / ".lab", slot=0)

    @classmethod
    def load(cls, directory: Path) -> Self | None:
        """Read the instance kept in `directory`; None when there is none, SptFlowError when it cannot be read."""
        path = directory / INSTANCE_FILE
        try:
            return cls.model_validate_json(path.read_text())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, UnicodeDecodeError, ValidationError):
            raise SptFlowError(f"The lab's record {path} cannot be read; the lab it describes is unknown.") from None

    def save(self) -> None:
        """Write `instance.json`, making the directory (mode 0700) when it is not there."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.directory / INSTANCE_FILE
        text = self.model_dump_json(indent=2) + "\n"
        if path.is_file() and path.read_text() == text:
            return
        unfinished = path.with_suffix(".new")
        unfinished.write_text(text)
        unfinished.replace(path)

    @property
    def host_device(self) -> str:
        """Name of the host's end of the lab's cable."""
        return f"spt-{self.name}"

    @property
    def link(self) -> IPv4Network:
        """The network between the host and the node."""
        return IPv4Network(f"10.99.{self.slot}.0/30")

    @property
    def host_address(self) -> IPv4Address:
        """The host's address on the link; the lab's default gateway."""
        return self.link[1]

    @property
    def node_address(self) -> IPv4Address:
        """The node's address; the API server listens on it."""
        return self.link[2]

    @property
    def node_name(self) -> str:
        """The name the node is registered under."""
        return f"spt-{self.name}"

    @property
    def pod_cidr(self) -> IPv4Network:
        """Addresses of pods."""
        return IPv4Network(f"10.97.{self.slot}.0/24")

    @property
    def service_cidr(self) -> IPv4Network:
        """Addresses of Services."""
        return IPv4Network(f"10.98.{self.slot}.0/24")

    @property
    def api_service_address(self) -> IPv4Address:
        """Address of the `kubernetes` Service."""
        return self.service_cidr[1]

    @property
    def dns_address(self) -> IPv4Address:
        """Address of the cluster's DNS Service."""
        return self.service_cidr[10]

    @property
    def registry_address(self) -> IPv4Address:
        """Address of the registry's Service; the host and the node reach the registry by it."""
        return self.service_cidr[50]

    @property
    def coder_address(self) -> IPv4Address:
        """Address of Coder's Service; users on this machine and workspaces reach Coder by it."""
        return self.service_cidr[80]

    @property
    def coder_url(self) -> str:
        """Where Coder answers, for the host and for pods alike."""
        return f"http://{self.coder_address}"

    @property
    def cgroup(self) -> str:
        """The cgroup, from the root, that holds every process of the lab."""
        return f"/spt-{self.name}"

    @property
    def api_url(self) -> str:
        """Where the API server is reached from the host."""
        return f"https://{self.node_address}:{ports.APISERVER}"

    @property
    def context(self) -> str:
        """Name of the kubeconfig's context."""
        return f"spt-flow-{self.name}"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig (mode 0600)."""
        return self.directory / "kubeconfig"

    @property
    def logs(self) -> Path:
        """Folder of the components' logs, one file each, rotated."""
        return self.directory / "logs"

    @property
    def run(self) -> Path:
        """Folder of what only holds while the lab runs: its record, the journal of the host's changes."""
        return self.directory / "run"
