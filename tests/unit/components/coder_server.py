"""What the tests tell Coder's chart, if they do not say otherwise."""

__all__ = ["SERVER"]

from typing import Final

import versions
from components.coder_values import CoderServer
from core.image_reference import ImageReference

SERVER: Final = CoderServer(
    version=versions.CODER_LAB,
    image=ImageReference.parse(f"localhost/spt-flow/coder:{versions.CODER_LAB}"),
    access_url="http://10.98.0.80",
    wildcard_access_url="",
    resources={"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"cpu": "2", "memory": "2Gi"}},
)
