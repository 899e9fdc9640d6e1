"""The image of the Pushgateway, which keeps the metrics of jobs that nobody could scrape."""

__all__ = ["pushgateway_image_specs"]

import ports
import versions
from lab.images.archive import ImageConfig, ImageSpec
from lab.images.layer import Directory
from lab.images.parts import CERTIFICATES, NOBODY, base_entries, check_parts, labels, program, reference
from lab.toolchain import Toolchain

_NAME = "pushgateway"
_DATA = "/pushgateway"


def pushgateway_image_specs(toolchain: Toolchain) -> dict[str, ImageSpec]:
    """Return the image by its short name; raise SptFlowError when a file it is made of is missing."""
    check_parts(CERTIFICATES, toolchain.bin / _NAME)
    source = "https://github.com/prometheus/pushgateway"
    spec = ImageSpec(
        reference=reference(_NAME, versions.PUSHGATEWAY),
        entries=[
            program(toolchain.bin / _NAME, f"/bin/{_NAME}"),
            Directory(_DATA, 0o755, NOBODY, NOBODY),
            *base_entries(),
        ],
        config=ImageConfig(
            entrypoint=(f"/bin/{_NAME}",),
            user=f"{NOBODY}:{NOBODY}",
            working_directory=_DATA,
            environment={"PATH": "/bin"},
            exposed_ports=(f"{ports.PUSHGATEWAY}/tcp",),
            labels=labels(_NAME, versions.PUSHGATEWAY, source, "Apache-2.0"),
        ),
    )
    return {_NAME: spec}
