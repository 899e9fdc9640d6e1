"""`python -m lab.plugins.docker <engine address>`: serve the docker edition."""

from lab.plugins.docker.provider import DockerProvider
from lab.plugins.protocol.server import serve
from versions import PULUMI_DOCKER

serve(DockerProvider(), PULUMI_DOCKER)
