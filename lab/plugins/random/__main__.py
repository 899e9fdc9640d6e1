"""`python -m lab.plugins.random <engine address>`: serve the random edition."""

from lab.plugins.protocol.server import serve
from lab.plugins.random.provider import RandomProvider
from versions import PULUMI_RANDOM

serve(RandomProvider(), PULUMI_RANDOM)
