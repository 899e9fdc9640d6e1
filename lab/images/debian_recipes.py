"""What the Debian layers of the lab's images are made of, and how they lie upon each other."""

__all__ = [
    "BASE",
    "PLATFORM_TOOLS",
    "POSTGRES",
    "PYTHON_PACKAGES",
    "RECIPES",
    "SCRIPTS",
    "Recipe",
]

import hashlib
import platform
from dataclasses import dataclass
from pathlib import Path

import versions
from lab.images.debian_sources import SUITE

SCRIPTS = Path(__file__).parent / "debian"
"""The committed scripts: layer.sh makes a layer, the others run inside."""

_POSTGRES_MAJOR = versions.POSTGRES.split(".")[0]


@dataclass(frozen=True)
class Recipe:
    """One layer of Debian packages, put upon the layer of `below`; None is for the base of all."""

    name: str
    title: str
    packages: tuple[str, ...] = ()
    below: "Recipe | None" = None

    @property
    def script(self) -> Path:
        """What runs inside, before and after the packages are installed."""
        return SCRIPTS / f"{self.name}.sh"

    @property
    def lineage(self) -> "tuple[Recipe, ...]":
        """This layer and those below it, the uppermost first."""
        return (self,) if self.below is None else (self, *self.below.lineage)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything the layer is made of, but for the packages' versions: those are Debian's."""
        digest = hashlib.sha256(f"{SUITE}\0{platform.machine()}\0".encode())
        digest.update((SCRIPTS / "layer.sh").read_bytes())
        for recipe in self.lineage:
            digest.update(f"\0{recipe.name}\0{recipe.packages!r}\0".encode() + recipe.script.read_bytes())
        return digest.hexdigest()


BASE = Recipe(name="base", title="Debian base")

POSTGRES = Recipe(
    name="postgres",
    title=f"PostgreSQL {_POSTGRES_MAJOR}",
    packages=(f"postgresql-{_POSTGRES_MAJOR}",),
    below=BASE,
)

PLATFORM_TOOLS = Recipe(
    name="platform-tools",
    title="Platform tools",
    packages=("ca-certificates", f"postgresql-client-{_POSTGRES_MAJOR}", "python3", "restic"),
    below=BASE,
)

PYTHON_PACKAGES = Recipe(name="python-packages", title="Python packages of the jobs", below=PLATFORM_TOOLS)
"""Never a layer of an image: the interpreter that the packages are compiled with."""

RECIPES = (BASE, POSTGRES, PLATFORM_TOOLS)
"""The layers of images, in the order they are made."""
