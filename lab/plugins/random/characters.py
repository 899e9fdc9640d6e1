"""Random strings with character classes, and their bcrypt hash."""

__all__ = ["CharacterRules", "bcrypt_hash", "draw_string"]

import ctypes
import ctypes.util
import secrets
import string
from dataclasses import dataclass

from core.errors import SptFlowError

_DEFAULT_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
_BCRYPT_COST = 10
_BCRYPT_MOST_BYTES = 72
_CRYPT_OUTPUT_BYTES = 32768  # what crypt_r and crypt_gensalt_rn may write, sizes of libxcrypt
_SALT_BYTES = 16


@dataclass(frozen=True)
class CharacterRules:
    """How long a string is, which classes it draws from, and how many of each there are at least."""

    length: int
    lower: bool = True
    upper: bool = True
    numeric: bool = True
    special: bool = True
    min_lower: int = 0
    min_upper: int = 0
    min_numeric: int = 0
    min_special: int = 0
    override_special: str = ""

    def classes(self) -> list[tuple[str, bool, int]]:
        """Return characters, whether they are drawn from, and the least number, for each class."""
        return [
            (string.ascii_lowercase, self.lower, self.min_lower),
            (string.ascii_uppercase, self.upper, self.min_upper),
            (string.digits, self.numeric, self.min_numeric),
            (self.override_special or _DEFAULT_SPECIAL, self.special, self.min_special),
        ]


def draw_string(rules: CharacterRules) -> str:
    """Return a string by the rules, from the operating system's randomness."""
    everything = "".join(characters for characters, used, _ in rules.classes() if used)
    drawn = [secrets.choice(characters) for characters, _, least in rules.classes() for _ in range(least)]
    drawn += [secrets.choice(everything) for _ in range(rules.length - len(drawn))]
    secrets.SystemRandom().shuffle(drawn)
    return "".join(drawn)


def bcrypt_hash(text: str) -> str:
    """Return the bcrypt hash (cost 10) of the first 72 bytes, computed by the system's libcrypt; blocks for 0.1 s."""
    name = ctypes.util.find_library("crypt")
    if name is None:
        raise SptFlowError("The library libcrypt, which hashes passwords, is not installed.")
    library = ctypes.CDLL(name)
    library.crypt_gensalt_rn.restype = library.crypt_r.restype = ctypes.c_char_p
    buffer = ctypes.create_string_buffer(_CRYPT_OUTPUT_BYTES)
    entropy = secrets.token_bytes(_SALT_BYTES)
    setting = library.crypt_gensalt_rn(b"$2a$", _BCRYPT_COST, entropy, len(entropy), buffer, len(buffer))
    if setting is None:
        raise SptFlowError("The library libcrypt on this machine has no bcrypt.")
    work = ctypes.create_string_buffer(_CRYPT_OUTPUT_BYTES)
    hashed: bytes | None = library.crypt_r(text.encode()[:_BCRYPT_MOST_BYTES], setting, work)
    if hashed is None or not hashed.startswith(b"$2a$"):
        raise SptFlowError("The library libcrypt on this machine could not compute a bcrypt hash.")
    return hashed.decode("ascii")
