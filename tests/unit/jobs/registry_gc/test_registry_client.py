import socket
import time

import pytest

from core.errors import SptFlowError
from jobs.registry_gc.registry_client import RegistryClient
from jobs.registry_gc.storage import Needs


def test_a_connection_that_leads_nowhere_is_given_up_soon() -> None:
    # As an address whose pod has just gone: packets get no answer, not even a refusal.
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with RegistryClient(f"http://127.0.0.1:{silent.getsockname()[1]}") as client:
            started = time.monotonic()
            assert not client.answers()
            assert time.monotonic() - started < 5
            with pytest.raises(SptFlowError, match=r"does not answer 0\.1 s after it was opened again"):
                client.wait(0.1, lambda: None)


def test_a_registry_that_is_not_there_is_a_fault_and_no_crash() -> None:
    with RegistryClient("http://127.0.0.1:1") as client:
        digest = f"sha256:{'0' * 64}"
        assert "ConnectError" in str(client.fault("app", digest, Needs(manifests={digest})))
        with pytest.raises(SptFlowError, match="could not be tagged"):
            client.tag("app", digest, "in-use-0")
