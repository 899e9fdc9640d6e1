"""The protobuf modules load without the SDK, and agree with it when both are there."""

import subprocess
import sys
from pathlib import Path

import pytest

_PROJECT = Path(__file__).resolve().parents[5]


@pytest.mark.parametrize(
    "imports",
    [
        "from lab.plugins.protocol import stubs as ours; import pulumi.runtime.proto as theirs",
        "import pulumi.runtime.proto as theirs; from lab.plugins.protocol import stubs as ours",
    ],
)
def test_message_classes_are_the_same_in_either_order(imports: str) -> None:
    code = f"{imports}; assert ours.provider_pb2.CheckRequest is theirs.provider_pb2.CheckRequest; print('same')"
    done = subprocess.run([sys.executable, "-c", code], cwd=_PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == "same\n"


@pytest.mark.parametrize("edition", ["command", "docker", "onepassword", "random"])
def test_an_edition_does_not_load_the_sdk(edition: str) -> None:
    code = f"import sys, lab.plugins.protocol.server, lab.plugins.{edition}.provider; print('pulumi' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=_PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
