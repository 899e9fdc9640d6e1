"""What every template keeps to: names, descriptions, icons, formatting, its own Terraform tests, its size."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

import ports
from sptcoder.templates.archive import SIZE_LIMIT, pack_template
from tests.support.rendered_template import TEMPLATES, Rendering, Template, layers

Initialised = Callable[[str], Template]

_NAMES: Final = ("spt-flow", "ci")
_ORDER: Final = ("description", "type", "default", "validation", "sensitive")
_BLOCK: Final = re.compile(
    r"^(variable|output|resource|data|locals|module) ?(.*?) ?\{\n(.*?)^\}", re.MULTILINE | re.DOTALL
)
_SNAKE: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def _files() -> list[Path]:
    folders = [TEMPLATES / "shared", *(TEMPLATES / name for name in _NAMES)]
    return sorted(path for folder in folders for path in folder.rglob("*.tf"))


def _blocks(kind: str) -> list[tuple[str, list[str], str]]:
    """Return file name, labels and body of each block of a kind."""
    return [
        (path.name, re.findall(r'"([^"]+)"', labels), body)
        for path in _files()
        for found, labels, body in _BLOCK.findall(path.read_text(encoding="utf-8"))
        if found == kind
    ]


@pytest.fixture(scope="module", params=_NAMES)
def name(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture(scope="module")
def rendered(initialised: Initialised, name: str) -> Rendering:
    variables = {"kvm_resource": "devices.spt-flow.dev/kvm", "docker_runtime_class": "sysbox-runc"}
    return initialised(name).render(variables=variables)


def test_the_files_are_found_at_all() -> None:
    assert len(_blocks("variable")) > 20
    assert len(_blocks("resource")) > 5


def test_variables_have_their_attributes_in_one_order() -> None:
    for file, labels, body in _blocks("variable"):
        found = [line.split()[0] for line in body.splitlines() if re.match(r"  [a-z]+ +[={]", line)]
        expected = [attribute for attribute in _ORDER if attribute in found]
        assert found == expected, f"{labels[0]} in {file}"
        assert {"description", "type"} <= set(found), f"{labels[0]} in {file}"


def test_variables_and_outputs_are_described_in_sentences() -> None:
    for kind in ("variable", "output"):
        for file, labels, body in _blocks(kind):
            description = re.search(r'description += "([^"]+)"', body)
            assert description, f"{labels[0]} in {file}"
            assert re.fullmatch(r"[A-Z].*\.", description[1]), f"{labels[0]} in {file}"


def test_names_are_in_snake_case() -> None:
    for kind in ("variable", "output", "resource", "data"):
        for file, labels, _ in _blocks(kind):
            assert _SNAKE.fullmatch(labels[-1]), f"{kind} {labels} in {file}"
    for file, _, body in _blocks("locals"):
        for local in re.findall(r"^  (\S+) +=", body, re.MULTILINE):
            assert _SNAKE.fullmatch(local), f"{local} in {file}"


def test_no_variable_is_left_over() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in _files())
    # What the platform offers every template; not each uses it.
    offered = {"registry_url"}
    unused = {
        labels[0] for _, labels, _ in _blocks("variable") if f"var.{labels[0]}" not in text.replace("condition", "")
    }
    assert unused <= offered


def test_every_parameter_says_what_it_is_and_has_an_icon(rendered: Rendering) -> None:
    parameters = {key: value for key, value in rendered.resources.items() if key.startswith("data.coder_parameter.")}
    assert len(parameters) >= 9
    for address, values in parameters.items():
        assert address.endswith(f".{values['name']}")
        assert values["display_name"]
        assert re.fullmatch(r"[A-Z].*\.", values["description"]), address
        assert re.fullmatch(r"/(icon|emojis)/[a-z0-9-]+\.(svg|png)", values["icon"]), address
        for option in values["option"] or []:
            assert re.fullmatch(r"[A-Z].*\.", option["description"])
            assert option["icon"]
    orders = [values["order"] for values in parameters.values()]
    assert len(set(orders)) == len(orders)


def test_presets_and_apps_say_what_they_are(rendered: Rendering) -> None:
    for address, values in rendered.resources.items():
        if address.startswith("data.coder_workspace_preset."):
            assert values["icon"]
            assert re.fullmatch(r"[A-Z].*\.", values["description"])
        if address.startswith("coder_app."):
            assert values["icon"]
            assert values["share"] == "owner"


def test_the_template_is_formatted_and_valid(initialised: Initialised, name: str) -> None:
    template = initialised(name)
    for folder in layers(name):
        template.terraform("fmt", "-check", "-recursive", str(folder))
    assert json.loads(template.terraform("validate", "-json"))["valid"]


def test_the_templates_own_tests_pass(initialised: Initialised, name: str) -> None:
    said = initialised(name).terraform("test", "-no-color", "-filter=tests/workspace.tftest.hcl")
    assert re.search(r"Success! [1-9]\d* passed, 0 failed", said)


def test_the_archive_is_small_and_holds_what_the_tests_saw(initialised: Initialised, name: str) -> None:
    *shared, own = layers(name)
    archive = pack_template(own, shared)
    assert len(archive.data) < SIZE_LIMIT / 4
    here = initialised(name).directory
    files = {path.relative_to(here).as_posix() for path in here.rglob("*") if path.is_file()}
    assert set(archive.names) == {path for path in files if not _is_left_out(path)}


def _is_left_out(path: str) -> bool:
    return path.endswith((".tftest.hcl", "layers.json", "CLAUDE.md", "AGENTS.md")) or any(
        part.startswith(".") for part in path.split("/")
    )


@pytest.mark.parametrize(
    ("parameter", "value", "sentence"),
    [
        ("cpu", "9", "It must be from 1 to 8 cores; 9 was given."),
        ("memory", "0", "It must be from 1 to 16 GiB; 0 was given."),
        ("disk", "101", "It must be from 1 to 100 GiB; 101 was given."),
        ("repo_url", "https://x/$(id)", "It must be an address such as https://github.com/example/project.git"),
        ("branch", "--upload-pack=x", "It must be the name of a branch"),
        ("setup_script", "../outside.sh", "It must be a path inside the repository"),
        ("workspace_image", "$(id)", "It must be an image reference"),
    ],
)
def test_a_bad_value_is_refused_with_what_is_allowed(
    initialised: Initialised, parameter: str, value: str, sentence: str
) -> None:
    assert sentence in initialised("ci").refusal(parameter, value)


def test_every_port_is_in_the_list_of_ports(initialised: Initialised) -> None:
    apps: dict[str, Any] = initialised("spt-flow").render().resources["coder_app.code_server[0]"]
    assert apps["url"].startswith(f"http://localhost:{ports.CODE_SERVER}/")
    assert apps["healthcheck"][0]["url"] == f"http://localhost:{ports.CODE_SERVER}/healthz"
