"""Signatures of images, by digest: keyless, with the identity of the workflow's job, or with a key of one's own."""

__all__ = ["attest", "sign", "verify"]

import os
from pathlib import Path
from typing import Final

from ci.image_tools import image_tool
from ci.registry_login import RegistryLogin, docker_configuration
from core.errors import CommandFailedError, SptFlowError
from core.image_reference import ImageReference

_SECONDS: Final = 10 * 60.0
_ISSUER: Final = "https://token.actions.githubusercontent.com"
_KEY: Final = "COSIGN_KEY"
"""Path of a private key, whose password is in COSIGN_PASSWORD; without it the job's identity signs."""
_SPDX: Final = "spdxjson"


def sign(image: ImageReference, login: RegistryLogin) -> None:
    """Sign the image."""
    _cosign(image, login, "sign", *_by(image), str(image))


def attest(image: ImageReference, sbom: Path, login: RegistryLogin) -> None:
    """Sign the statement that this SPDX document lists what is in the image."""
    _cosign(image, login, "attest", *_by(image), "--type", _SPDX, "--predicate", str(sbom), str(image))


def verify(image: ImageReference, login: RegistryLogin) -> None:
    """See that signature and list can be found and hold, as anybody would who pulls the image."""
    for verb in (("verify",), ("verify-attestation", "--type", _SPDX)):
        _cosign(image, login, *verb, *_of(image), str(image))


def _by(image: ImageReference) -> list[str]:
    options = ["--yes", *_plain(image)]
    key = os.environ.get(_KEY)
    # A key of one's own signs without the public log, which is for identities.
    return [*options, "--key", key, "--use-signing-config=false", "--tlog-upload=false"] if key else options


def _of(image: ImageReference) -> list[str]:
    key = os.environ.get(_KEY)
    if key:
        return [*_plain(image), "--key", f"{Path(key).with_suffix('.pub')}", "--insecure-ignore-tlog=true"]
    # Any branch or tag, but this workflow of this repository.
    workflow = os.environ.get("GITHUB_WORKFLOW_REF", "")
    server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
    return ["--certificate-oidc-issuer", _ISSUER, "--certificate-identity", f"{server}/{workflow}"]


def _plain(image: ImageReference) -> list[str]:
    return ["--allow-http-registry"] if image.registry.partition(":")[0] in {"localhost", "127.0.0.1"} else []


def _cosign(image: ImageReference, login: RegistryLogin, *arguments: str) -> None:
    with docker_configuration(image.registry, login) as environment:
        cosign = image_tool("cosign", environment)
        try:
            cosign.run(*arguments, timeout=_SECONDS)
        except CommandFailedError as failure:
            reason = " ".join(failure.stderr.split())[-300:]
            raise SptFlowError(f"cosign {arguments[0]} failed for {image}: {reason or 'no reason given'}") from None
