"""What a release's state hides in messages: its secrets, not its names."""

from lab.plugins.kubernetes.helm_release_outputs import release_outputs
from lab.plugins.kubernetes.provider import KubernetesProvider
from lab.plugins.protocol.codec import encode
from lab.plugins.protocol.service import ProviderService
from lab.plugins.protocol.stubs import provider_pb2
from lab.plugins.protocol.values import Secret


def test_names_stay_readable_and_secrets_do_not() -> None:
    inputs = {
        "name": "website",
        "namespace": "production",
        "values": {"token": Secret("hunter2hunter2"), "mode": "fast"},
    }
    request = provider_pb2.UpdateRequest(olds=encode(release_outputs(inputs, None)))
    redact = ProviderService(KubernetesProvider(), "1.0.0").redactor(request)
    assert redact("The release 'production/website' failed: token hunter2hunter2 in mode fast") == (
        "The release 'production/website' failed: token [secret] in mode fast"
    )
