"""`python -m lab.plugins.kubernetes <engine address>`: serve the kubernetes edition."""

from lab.plugins.kubernetes.provider import KubernetesProvider
from lab.plugins.protocol.server import serve
from versions import PULUMI_KUBERNETES

serve(KubernetesProvider(), PULUMI_KUBERNETES)
