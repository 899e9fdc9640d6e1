"""Telling keys that a machine drew from the names, paths, hashes and certificates that look a little like them."""

__all__ = ["has_random_key"]

import itertools
import math
import re
from collections import Counter
from typing import Final

# A run of the signs keys are written in: base64 in both alphabets, hexadecimal, base32, base36.
_RUN: Final = re.compile(r"[A-Za-z0-9+/_-]{20,}={0,2}")
# What is random, or encoded, and public: certificates and public keys, images, digests, sums of files.
_PUBLIC: Final = (
    re.compile(
        r"-----BEGIN (?:TRUSTED )?(?:CERTIFICATE|CERTIFICATE REQUEST|PUBLIC KEY|X509 CRL)-----.*?-----END [^-]*-----",
        re.DOTALL,
    ),
    re.compile(r"\b(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d+|sk-(?:ssh|ecdsa)-\S+) +AAAA[A-Za-z0-9+/=]+"),
    re.compile(r"\bdata:[a-z]+/[a-z0-9.+-]+(?:;[a-z0-9=-]+)*;base64,[A-Za-z0-9+/=]+"),
    re.compile(r"\b(?:sha(?:1|256|384|512)|SHA256|h1|md5)[-:][A-Za-z0-9+/=]+"),
    re.compile(r"\bage1[a-z0-9]{50,}"),
    re.compile(r"(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"),
)
_HEXADECIMAL: Final = re.compile(r"(?:0x)?[0-9a-fA-F]+")
_SEPARATORS: Final = re.compile(r"[+/_=-]")
_LEAST_OF_EACH: Final = 2
_LEAST_DIGITS_OF_LOWER: Final = 4
_LEAST_LENGTH: Final = 20
# Of these signs, how many are neither padding nor one that might separate words.
_LEAST_SIGNS: Final = 17
_LEAST_LENGTH_OF_LOWER: Final = 24
# Bits per sign. Twenty signs drawn from 62 have 4.1 on average, 3.7 at the least once in a hundred times.
_LEAST_ENTROPY: Final = 3.6
# How often the kind of sign changes: 0.6 in what was drawn, 0.3 in words written together.
_LEAST_CHANGES: Final = 0.4
_LEAST_CHANGES_OF_LOWER: Final = 0.3


def has_random_key(text: str) -> bool:
    """Say whether the text holds a run of signs as random as a key; hexadecimal ones count as digests."""
    if len(text) < _LEAST_LENGTH:
        return False
    for public in _PUBLIC:
        text = public.sub(" ", text)
    return any(_is_random(run) for run in _RUN.findall(text))


def _is_random(run: str) -> bool:
    signs = _SEPARATORS.sub("", run)
    if len(signs) < _LEAST_SIGNS or _HEXADECIMAL.fullmatch(signs):
        return False
    kinds = ["d" if sign.isdigit() else "l" if sign.islower() else "u" for sign in signs]
    counts = Counter(kinds)
    changes = sum(first != second for first, second in itertools.pairwise(kinds)) / (len(kinds) - 1)
    if len(counts) == 3:  # noqa: PLR2004 - digits, lower and upper case
        is_mixed = min(counts.values()) >= _LEAST_OF_EACH and changes >= _LEAST_CHANGES
    else:
        # Digits among letters of one case: names of versions and machines have them in groups.
        is_whole = len(signs) == len(run.rstrip("=")) and len(signs) >= _LEAST_LENGTH_OF_LOWER
        is_mixed = is_whole and counts["d"] >= _LEAST_DIGITS_OF_LOWER and changes >= _LEAST_CHANGES_OF_LOWER
    return is_mixed and _entropy(signs) >= _LEAST_ENTROPY


def _entropy(signs: str) -> float:
    return -sum(count / len(signs) * math.log2(count / len(signs)) for count in Counter(signs).values())
