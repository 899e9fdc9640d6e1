"""The server's templates beside those that come with this program: there, and of the same make (000:153, 001:FR12)."""

__all__ = ["examine_templates"]

import hashlib
from collections.abc import Iterator

from sptcoder.api import ApiError, CoderClient
from sptcoder.api.models.template import Template
from sptcoder.doctor.finding import Finding, fine, note
from sptcoder.templates.archive import pack_template
from sptcoder.templates.bundled import BundledTemplate, bundled_templates

_MATTER = "templates"


def examine_templates(client: CoderClient) -> Iterator[Finding]:
    """Look for each template; one that differs is worth a note: program and server may be of different ages."""
    there = {template.name: template for template in client.templates.list()}
    if there:
        yield fine(_MATTER, ", ".join(sorted(there)))
    for bundled in bundled_templates():
        found = there.get(bundled.name)
        if found is None:
            yield note(
                _MATTER,
                f"the server has no template '{bundled.name}', which comes with this program",
                f"sptcoder template push {bundled.name}, or ask a template admin to",
                "template-missing",
            )
        elif _differs(client, found, bundled):
            yield note(
                _MATTER,
                f"the server's template '{bundled.name}' is not the one that comes with this program",
                f"update sptcoder, or sptcoder template push {bundled.name}: whichever is older",
            )


def _differs(client: CoderClient, template: Template, bundled: BundledTemplate) -> bool:
    """Compare contents, as far as the user may read the server's; archives of the same files are the same bytes."""
    try:
        version = client.template_versions.get(template.active_version_id)
        if not version.job.file_id:
            return False
        content = client.template_versions.download(version.job.file_id)
    except ApiError:
        return False
    request = bundled.request()
    return hashlib.sha256(content).hexdigest() != pack_template(request.directory, request.overlays).sha256
