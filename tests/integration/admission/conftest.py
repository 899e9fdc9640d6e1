"""One API server that holds workloads to the platform's rules."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from tests.support.admission_server import AdmissionServer
from tests.support.apiserver import running_apiserver

BY_TAG: Final[Mapping[str, Mapping[str, Any]]] = {"image-requires-digest": {"required": False}}


@pytest.fixture(scope="session")
def admission(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdmissionServer]:
    """Yield an API server of these tests' own, whose policies no other test is to meet; none is in force yet."""
    with running_apiserver(tmp_path_factory.mktemp("admission")) as server:
        yield AdmissionServer(server)


@pytest.fixture(scope="module")
def by_tag(admission: AdmissionServer) -> AdmissionServer:
    """Return the API server with the rules of prod, but for digests."""
    admission.install(BY_TAG)
    return admission
