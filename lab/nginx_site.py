"""An nginx in front of Coder, as a site for its configuration: what an Ingress says, for those who have none.

Of a Debian nginx: a file in its sites-available. The same settings that make the Ingress make it, so that what is seen
with a real nginx is what holds for both.
"""

__all__ = ["NginxSite"]

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.errors import UsageError

_PLAIN: Final = re.compile(r"[\w./:\[\]*-]+", re.ASCII)


@dataclass(frozen=True)
class NginxSite:
    """Where users come to, where Coder is, and for how long a connection may be quiet.

    `upstream` is Coder's address as nginx reaches it, an http URL without a path. `address` is where nginx listens,
    on ports 80 and 443; everywhere if empty.
    """

    host: str
    wildcard: str
    upstream: str
    certificate: Path
    key: Path
    idle_seconds: int
    address: str = ""

    def text(self) -> str:
        """Return the site; raise UsageError for a value that could say more than it should."""
        for value in (self.host, self.upstream, str(self.certificate), str(self.key), self.wildcard, self.address):
            if value and _PLAIN.fullmatch(value) is None:
                raise UsageError(f"{value!r} cannot be part of an nginx configuration: it has other signs than names.")
        return _SITE.format(
            names=" ".join(self._names()),
            plain="\n".join(f"    listen {address};" for address in self._listening(80)),
            secure="\n".join(f"    listen {address} ssl;" for address in self._listening(443)),
            upstream=self.upstream,
            certificate=self.certificate,
            key=self.key,
            idle=self.idle_seconds,
        )

    def _names(self) -> list[str]:
        """Return the names as nginx takes them: like a certificate, a star for the whole first label."""
        domain = self.wildcard.partition(".")[2]
        return [self.host, *([f"*.{domain}"] if domain else [])]

    def _listening(self, port: int) -> list[str]:
        return [f"{self.address}:{port}"] if self.address else [str(port), f"[::]:{port}"]


_SITE: Final = """\
map $http_upgrade $coder_connection {{
    default upgrade;
    ""      "";
}}

server {{
{plain}
    server_name {names};
    return 301 https://$host$request_uri;
}}

server {{
{secure}
    server_name {names};

    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;

    # Templates and files are as large as they are.
    client_max_body_size 0;

    location / {{
        proxy_pass {upstream};
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto $scheme;
        # Terminals, agents and ports are websockets.
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $coder_connection;
        # They may be quiet for longer than nginx's minute (coderEntryIdleSeconds).
        proxy_read_timeout {idle}s;
        proxy_send_timeout {idle}s;
        # Logs are shown as they come, uploads passed on as they come.
        proxy_buffering off;
        proxy_request_buffering off;
    }}
}}
"""
