"""What go prints, turned into one sentence."""

import pytest

from lab.toolchain.gotools import GO_TOOLS
from lab.toolchain.registry_error import build_failure

HELM = next(tool for tool in GO_TOOLS if tool.name == "helm")
PROXY = "https://user:secret@goproxy.example/x"


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (
            'helm.sh/helm/v3@v3.22.0: Get "https://goproxy.example/h.zip": dial tcp: lookup: no such host',
            "no such host",
        ),
        ("helm.sh/helm/v3@v3.22.0: reading https://user:secret@goproxy.example/h.zip: 403 Forbidden", "403 Forbidden"),
        ("go: helm.sh/helm/v3@v3.22.0: verifying module: checksum mismatch", "checksum mismatch"),
        ("main.go:3:8: helm.sh/helm/v3@v3.22.0: Get x: connection refused", "connection refused"),
    ],
)
def test_a_module_that_cannot_be_had_is_named_with_version_reason_and_remedy(output: str, reason: str) -> None:
    message = str(build_failure(HELM, f"go: downloading a/b v1.0.0\n{output}\n", PROXY))
    assert message.startswith(
        f"The Go module helm.sh/helm/v3 v3.22.0, needed to build helm {HELM.version}, cannot be had"
    )
    assert reason in message
    assert "set GOPROXY to a module proxy that serves it (now https://goproxy.example/x)" in message
    assert "secret" not in message
    assert "\n" not in message


def test_a_full_disk_is_said_to_be_full() -> None:
    message = str(build_failure(HELM, "write /c/b.a: no space left on device", PROXY))
    assert message.startswith("The disk is full while helm")


def test_any_other_failure_shows_the_last_lines() -> None:
    message = str(build_failure(HELM, "go: downloading a/b v1\none\ntwo\nthree\nfour\n", PROXY))
    assert message == f"helm {HELM.version} could not be built: two | three | four"


def test_silence_is_said() -> None:
    assert str(build_failure(HELM, "", PROXY)).endswith("it printed nothing")
