"""Known shapes of secrets in text. What is found is named by kind, never repeated."""

__all__ = ["shape_in"]

import re
from typing import Final

_TOKENS: Final[tuple[tuple[str, str], ...]] = (
    ("a GitHub token", r"\bgh[pousr]_[A-Za-z0-9]{30,}"),
    ("a GitHub token", r"\bgithub_pat_[A-Za-z0-9_]{22,}"),
    ("a GitLab token", r"\bgl(?:pat|dt|rt|ptt|cbt)-[A-Za-z0-9_-]{20,}"),
    ("an AWS access key", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    ("a Google API key", r"\bAIza[A-Za-z0-9_-]{35}"),
    ("a Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    ("a Slack webhook", r"\bhooks\.slack\.com/services/T[A-Za-z0-9_]+/B[A-Za-z0-9_]+/[A-Za-z0-9]+"),
    ("a Stripe key", r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    ("an npm token", r"\bnpm_[A-Za-z0-9]{36}"),
    ("a PyPI token", r"\bpypi-[A-Za-z0-9_-]{30,}"),
    ("an API key", r"\bsk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{20,}"),
    ("a Pulumi token", r"\bpul-[a-f0-9]{40}\b"),
    ("a 1Password service account token", r"\bops_eyJ[A-Za-z0-9_-]{20,}"),
    ("a 1Password secret key", r"\bA3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}\b"),
    ("a Vault token", r"\bhv[bs]\.[A-Za-z0-9_-]{20,}"),
    ("a Terraform token", r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{40,}"),
    ("a Docker Hub token", r"\bdckr_[a-z]{3}_[A-Za-z0-9_-]{20,}"),
    ("a DigitalOcean token", r"\bdo[opr]_v1_[a-f0-9]{64}"),
    ("a Hugging Face token", r"\bhf_[A-Za-z0-9]{30,}"),
    ("a SendGrid key", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    ("a Tailscale key", r"\btskey-[a-z]+-[A-Za-z0-9-]{16,}"),
    ("a signed token (JWT)", r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    ("an age key", r"\bAGE-SECRET-KEY-1[A-Z0-9]{40,}"),
    ("a private key", r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"),
    ("a private key", r"\bPuTTY-User-Key-File-[23]:"),
    ("a password's hash", r"\$2[abxy]?\$[0-9]{2}\$[./A-Za-z0-9]{53}"),
    ("a password's hash", r"\$[56y]\$[^$\s]{0,32}\$[./A-Za-z0-9$]{20,}"),
)
_KNOWN: Final = tuple((kind, re.compile(pattern)) for kind, pattern in _TOKENS)
# Ten characters of the key's number, 22 of the secret: Coder's own format. Words would fit, so digits are asked for.
_CODER: Final = re.compile(r"(?<![A-Za-z0-9-])([A-Za-z0-9]{10})-([A-Za-z0-9]{22})(?![A-Za-z0-9-])")
_USERINFO: Final = re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s/:@?#\"']{0,128}:([^\s/@\"']{1,256})@")
_HEADER: Final = re.compile(r"(?i)\b(?:basic|bearer)\s+([A-Za-z0-9+/=._~-]{12,})")
# What stands where a secret will be: a variable, an expression of a template, a mark of something left out.
_STAND_IN: Final = re.compile(r"\$.*|%.*%|\{\{.*|<.*>|\[.*\]|\*+|x+|X+|\.{3}|%s|PASSWORD|password")
_SIGNS: Final = re.compile(r"[-_.:$/ ]|[A-Z]{4}|AIza")


def shape_in(text: str) -> str | None:
    """Return what kind of secret the text holds, in words with an article, or None if no known one."""
    # Nearly all text is short words: none of the shapes is without one of these signs.
    if not _SIGNS.search(text):
        return None
    for kind, pattern in _KNOWN:
        if pattern.search(text):
            return kind
    if any(_has_digit(key) and _has_digit(value) for key, value in _CODER.findall(text)):
        return "a Coder session token"
    if any(not _STAND_IN.fullmatch(password) for password in _USERINFO.findall(text)):
        return "a URL with a password"
    if any(_has_digit(value) for value in _HEADER.findall(text)):
        return "an authorization header"
    return None


def _has_digit(text: str) -> bool:
    return any(sign.isdigit() for sign in text)
