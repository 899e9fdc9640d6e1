"""Images: well-formed, with a fixed tag or a digest, from a repository that is allowed; by digest where asked for."""

__all__ = ["IMAGE_VARIABLES", "image_rules"]

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from components.admission_rules.cel import about_containers, by_namespace, literal
from components.admission_rules.rule import AdmissionRule
from core.image_reference import LONGEST_REPOSITORY, REFERENCE_PATTERN

# Each variable adds what the next one needs: CEL in Kubernetes has no names for values inside an expression.
_WRITTEN: Final = """\
variables.containers.map(c, {"title": string(c.title), "text": string(c.fields.?image.orValue(""))})
+ variables.spec.?volumes.orValue([]).map(v, v.?image.hasValue(),
  {"title": "volume '" + v.name + "'", "text": string(v.image.?reference.orValue(""))})"""

_CUT: Final = """\
variables.written.map(c, {
  "title": c.title, "text": c.text, "name": c.text.split("@")[0],
  "digest": c.text.contains("@") ? c.text.substring(c.text.indexOf("@")) : ""
})"""

# A colon before the last slash belongs to the registry's port.
_TAGGED: Final = """\
variables.cut.map(c, {
  "title": c.title, "text": c.text, "digest": c.digest,
  "path": c.name.matches(":[^/]*$") ? c.name.substring(0, c.name.lastIndexOf(":")) : c.name,
  "tag": c.name.matches(":[^/]*$") ? c.name.substring(c.name.lastIndexOf(":") + 1) : ""
})"""

_HAS_REGISTRY: Final = '(c.path.matches("^[^/]*[.:\\\\[A-Z][^/]*/") || c.path.startsWith("localhost/"))'
_ON_DOCKER_HUB: Final = 'c.path.matches("^(index[.])?docker[.]io/[^/]*$")'
_IMAGES: Final = f"""\
variables.tagged.map(c, {{
  "title": c.title, "text": c.text, "tag": c.tag, "digest": c.digest,
  "place": !{_HAS_REGISTRY} ? (c.path.contains("/") ? "docker.io/" : "docker.io/library/") + c.path :
    {_ON_DOCKER_HUB} ? "docker.io/library/" + c.path.substring(c.path.indexOf("/") + 1) :
    c.path.startsWith("index.docker.io/") ? c.path.substring(6) : c.path
}})"""

IMAGE_VARIABLES: Final = {"written": _WRITTEN, "cut": _CUT, "tagged": _TAGGED, "images": _IMAGES}
"""Variables of these rules; "place" is registry and repository, completed as Docker does."""

_IS_REFERENCE: Final = (
    f"(c.text.matches({literal(REFERENCE_PATTERN)}) && "
    f'c.place.size() - c.place.indexOf("/") - 1 <= {LONGEST_REPOSITORY})'
)
_SHOWN: Final = '(c.place + (c.tag == "" ? "" : ":" + c.tag) + c.digest)'


def image_rules(repositories: Mapping[str, Sequence[str]], digests: Collection[str]) -> list[AdmissionRule]:
    """Return the rules: `repositories`, by namespace, cover what is below them; `digests` are namespaces."""
    return [
        AdmissionRule("image-requires-fixed-tag", _complaints(*_versions())),
        AdmissionRule("image-requires-allowed-repository", _complaints(_place(repositories))),
        AdmissionRule("image-requires-digest", _complaints(_digest(digests))),
    ]


def _complaints(*cases: tuple[str, str]) -> str:
    return about_containers(*cases, of="variables.images")


def _versions() -> list[tuple[str, str]]:
    malformed = "must name its image by a well-formed reference. Write it as registry/repository:tag."
    return [
        (f"!{_IS_REFERENCE}", literal(malformed)),
        (
            'c.tag == "" && c.digest == ""',
            f'"must name its image with a fixed tag or a digest: " + {_SHOWN} + " has neither."',
        ),
        ('c.tag == "latest"', f'"must not have the tag \'latest\': its image is " + {_SHOWN} + "."'),
    ]


def _digest(namespaces: Collection[str]) -> tuple[str, str]:
    remedy = (
        " has none. In this cluster every image of a workspace needs one, also an image that you choose as a "
        "parameter. Write it as name:tag@sha256:..."
    )
    return (
        f'request.namespace in {literal(sorted(namespaces))} && {_IS_REFERENCE} && c.digest == ""',
        f'"must name its image by digest: " + {_SHOWN} + {literal(remedy)}',
    )


def _place(repositories: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    allowed = by_namespace(repositories)
    words = '"must have an image from an allowed repository: "'
    return (
        f'{_IS_REFERENCE} && !{allowed}.exists(r, c.place == r || c.place.startsWith(r + "/"))',
        f'{words} + {_SHOWN} + " is in none of them (allowed: " + {allowed}.join(", ") + ")."',
    )
