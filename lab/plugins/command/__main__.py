"""`python -m lab.plugins.command <engine address>`: serve the command edition."""

from lab.plugins.command.provider import CommandProvider
from lab.plugins.protocol.server import serve
from versions import PULUMI_COMMAND

serve(CommandProvider(), PULUMI_COMMAND)
