"""One API server that holds workloads to the platform's rules."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.support.admission_server import AdmissionServer
from tests.support.apiserver import ApiServer

BY_TAG: Final[Mapping[str, Mapping[str, Any]]] = {"image-requires-digest": {"required": False}}


@pytest.fixture(scope="session")
def admission(apiserver: ApiServer) -> AdmissionServer:
    """Return the API server with the namespaces; no policy is in force yet."""
    return AdmissionServer(apiserver)


@pytest.fixture(scope="module")
def by_tag(admission: AdmissionServer) -> AdmissionServer:
    """Return the API server with the rules of prod, but for digests."""
    admission.install(BY_TAG)
    return admission
