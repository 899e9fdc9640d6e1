"""The lab's chart of Coder, rendered by the real helm; and which of the known values it has no use for."""

__all__ = ["CHART", "UNUSED", "chart_schema", "render"]

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from components.coder_chart_values import ChartValues
from core.command import Command
from lab.toolchain import toolchain_bin

CHART: Final = Path(__file__).resolve().parents[4] / "lab" / "charts" / "coder"

UNUSED: Final = {
    "coder.tls": "the lab has no certificates",
    "coder.ingress": "the entry is the program's own",
    "coder.httproute": "the entry is the program's own",
    "coder.listenerset": "the entry is the program's own",
    "coder.workspaceProxy": "needs a licence",
    "coder.service.externalTrafficPolicy": "the lab has no load balancers",
    "coder.service.loadBalancerIP": "the lab has no load balancers",
    "coder.service.loadBalancerClass": "the lab has no load balancers",
    "coder.service.httpNodePort": "the lab is reached by addresses of Services",
    "coder.service.httpsNodePort": "the lab is reached by addresses of Services",
    "extraTemplates": "the lab's program makes its own objects",
}
"""Known values that the lab's chart refuses, and why."""


def chart_schema() -> dict[str, Any]:
    """Return the schema of the lab's values: the known ones without those it has no use for."""
    schema = ChartValues.model_json_schema()
    definitions = schema["$defs"]
    for path in UNUSED:
        place = schema
        *parents, last = path.split(".")
        for parent in parents:
            (reference,) = [option["$ref"] for option in place["properties"][parent]["anyOf"] if "$ref" in option]
            place = definitions[reference.rpartition("/")[2]]
        del place["properties"][last]
    for unused in ("_Tls", "_Ingress", "_IngressTls"):
        del definitions[unused]
    return {"$schema": "http://json-schema.org/draft-07/schema#", **_plain(schema)}


def render(values: Mapping[str, Any], chart: Path = CHART) -> list[dict[str, Any]]:
    """Return the objects that helm makes of the chart with these values; skip the test where there is no helm."""
    if not (toolchain_bin() / "helm").is_file():
        pytest.skip("needs helm, which `make test` builds")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "values.json"
        file.write_text(json.dumps(values), encoding="utf-8")
        helm = Command("helm", path=[toolchain_bin()], env={"HOME": folder})
        rendered = helm.run("template", "coder", str(chart), "--namespace", "coder", "--values", str(file)).stdout
    return [document for document in yaml.safe_load_all(rendered) if document]


def _plain(part: Any) -> Any:  # noqa: ANN401 - any JSON
    """Drop what only documents a schema: titles and null defaults."""
    if isinstance(part, dict):
        return {
            key: _plain(value)
            for key, value in part.items()
            if not (key == "title" and isinstance(value, str)) and not (key == "default" and value is None)
        }
    return [_plain(entry) for entry in part] if isinstance(part, list) else part
