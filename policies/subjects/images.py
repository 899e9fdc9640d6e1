"""Every image that a resource runs, builds or hands on, wherever it is written."""

__all__ = ["ImageUse", "images_of"]

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final

from core.fields import Field
from core.image_reference import ImageReference, ImageReferenceError
from policies.findings import Findings, Subject
from policies.resource import Manifest, Resource
from policies.secret_values.marks import is_marked
from policies.subjects.image_values import written_images
from policies.subjects.leaves import shown_path

_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_COMMANDS: Final = ("command:local:Command", "command:remote:Command")
# Types of the docker providers, where they name images, and whether that is an image they make.
_DOCKER: Final[Mapping[str, tuple[str, bool]]] = {
    "docker:index/image:Image": ("imageName", True),
    "docker:index/registryImage:RegistryImage": ("name", True),
    "docker-build:index:Image": ("tags", True),
    "docker-build:index/image:Image": ("tags", True),
    "docker:index/remoteImage:RemoteImage": ("name", False),
    "docker:index/container:Container": ("image", False),
    "docker:index/service:Service": ("taskSpec.containerSpec.image", False),
}
_NOWHERE: Final = Field(None)
# Groups whose kinds have no images but those of their pods; groups of custom resources have a dot.
_OWN_GROUPS: Final = re.compile(r"[^.]*|.*\.k8s\.io")


@dataclass(frozen=True)
class ImageUse:
    """One image: the object it belongs to, `title` for a sentence, the field, and the reference if it is one.

    `namespace` is that of the object; nothing for what is no object of Kubernetes.
    """

    subject: Subject
    title: str
    field: Field
    reference: ImageReference | None = None
    complaint: str = ""
    is_made: bool = False
    namespace: Field = _NOWHERE

    @property
    def shown(self) -> str:
        """Return the reference for a message, unless the program marks it as secret."""
        return "a value marked as secret" if is_marked(self.field) else str(self.reference)


def images_of(resource: Resource, findings: Findings) -> Iterator[ImageUse]:
    """Yield the images of a resource; what is unknown, or hides whether there are more, is noted as open."""
    for manifest in resource.manifests(findings):
        found = _in_pods(manifest, findings)
        if not _OWN_GROUPS.fullmatch(manifest.group):
            found = chain(found, _in_values(manifest.body, manifest.subject, "field", findings))
        yield from (replace(image, namespace=manifest.namespace) for image in found)
    if resource.type == _RELEASE:
        yield from _in_values(resource.properties.get("values"), resource.subject, "value", findings)
    elif resource.type in _COMMANDS:
        yield from _in_command(resource, findings)
    elif resource.type in _DOCKER:
        path, is_made = _DOCKER[resource.type]
        yield from _in_docker(resource, path, findings, is_made=is_made)


def _in_pods(manifest: Manifest, findings: Findings) -> Iterator[ImageUse]:
    subject = manifest.subject
    for pod in manifest.pods():
        findings.is_open(*pod.lists(), pod.spec.get("volumes"))
        for container in pod.containers():
            title = f"The {container.title} of {subject.title}"
            yield from _read(container.fields.get("image"), subject, title, findings, is_needed=True)
        for volume in pod.volumes():
            image = volume.fields.get("image")
            if not image.is_missing:
                title = f"The {volume.title} of {subject.title}"
                yield from _read(image.get("reference"), subject, title, findings, is_needed=True)


def _in_values(root: Field, subject: Subject, noun: str, findings: Findings) -> Iterator[ImageUse]:
    """Yield what stands under keys that say "image" in a tree whose shape nobody declared."""
    for image in written_images(root, findings):
        path = shown_path(image)
        title = f"A {noun} of {subject.title}" if path is None else f"The {noun} '{path}' of {subject.title}"
        yield from _read(image, subject, title, findings)


def _in_command(resource: Resource, findings: Findings) -> Iterator[ImageUse]:
    """Yield the images a command is told by its environment, also inside variables that are JSON."""
    environment = resource.properties.get("environment")
    subject = resource.subject
    yield from _in_values(environment, subject, "input", findings)
    for _, variable in environment.entries():
        # A marked variable is a credential, and a document of them is none of ours to read aloud.
        if (text := variable.text()) is None or not text.startswith("{") or is_marked(variable):
            continue
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            continue
        yield from _in_values(Field(content, variable.path), subject, "input", findings)


def _in_docker(resource: Resource, path: str, findings: Findings, *, is_made: bool) -> Iterator[ImageUse]:
    named = resource.properties.get(*path.split("."))
    subject = resource.subject
    if findings.is_open(named):
        return
    for field in named.items() if named.is_sequence else [named]:
        yield from _read(field, subject, f"The {subject.title}", findings, is_made=is_made, is_needed=True)


def _read(
    field: Field, subject: Subject, title: str, findings: Findings, *, is_made: bool = False, is_needed: bool = False
) -> Iterator[ImageUse]:
    if findings.is_open(field):
        return
    use: Callable[..., ImageUse] = lambda **found: ImageUse(subject, title, field, is_made=is_made, **found)  # noqa: E731 - four ends, one shape
    text: Any = field.value
    if field.is_missing or text == "":
        if is_needed:
            yield use(complaint="must name its image: it names none.")
    elif not isinstance(text, str):
        yield use(complaint="must name its image by a reference: its value is no text.")
    else:
        try:
            reference = ImageReference.parse(text)
        except ImageReferenceError as error:
            yield use(complaint=f"must name its image by a well-formed reference: {error}.")
        else:
            yield use(reference=reference)
