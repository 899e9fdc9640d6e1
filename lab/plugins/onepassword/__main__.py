"""`python -m lab.plugins.onepassword <engine address>`: serve the onepassword edition."""

from lab.plugins.onepassword.provider import OnePasswordProvider
from lab.plugins.protocol.server import serve
from versions import PULUMI_ONEPASSWORD

serve(OnePasswordProvider(), PULUMI_ONEPASSWORD)
