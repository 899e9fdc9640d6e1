"""GnuPG: a throw-away key signs; the signature holds, and one over something else does not."""

__all__ = ["GPG"]

from validate.check import Check, Workbench, first_line
from validate.outcome import CheckFailedError


def _sign_and_verify(bench: Workbench) -> str:
    keys = bench.folder / "g"
    keys.mkdir(mode=0o700)
    own = {"GNUPGHOME": str(keys)}
    version = first_line(bench.run("gpg", "--version").stdout)
    message = bench.write("message", "signed\n")
    key = ("--quick-generate-key", "Throw Away <throw-away@example.com>", "ed25519", "sign", "1d")
    bench.run("gpg", "--batch", "--passphrase", "", "--pinentry-mode", "loopback", *key, env=own)
    bench.run("gpg", "--batch", "--output", "signature", "--detach-sign", str(message), env=own)
    bench.run("gpg", "--batch", "--verify", "signature", str(message), env=own)
    other = bench.write("other", "not signed\n")
    if bench.run("gpg", "--batch", "--verify", "signature", str(other), env=own, check=False).returncode == 0:
        raise CheckFailedError("gpg takes a signature over one file for one over another.")
    return f"{version}: a throw-away key signed, and the signature was verified."


GPG = Check("gpg", "sign and verify with a throw-away key", _sign_and_verify, tools=("gpg",), seconds=30)
