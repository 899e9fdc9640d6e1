"""The templates that come with the program: complete, packable, and the same that the platform's program pushes."""

import json
from pathlib import Path

import pytest

from sptcoder.templates import bundled
from sptcoder.templates.archive import pack_template
from sptcoder.templates.bundled import BundledTemplate, bundled_templates, find_bundled

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize("template", bundled_templates(), ids=lambda template: template.name)
def test_each_is_a_template_of_this_checkout(template: BundledTemplate) -> None:
    request = template.request()
    assert request.directory.parent == ROOT / "templates"
    packed = pack_template(request.directory, request.overlays)
    assert "main.tf" in packed.names
    assert not request.smoke.enabled
    assert template.request(smoke=True).smoke.enabled


def test_all_folders_with_layers_are_bundled() -> None:
    folders = {file.parent.name for file in (ROOT / "templates").glob("*/layers.json")}
    assert {template.folder for template in bundled_templates()} == folders


def test_a_pipelines_template_has_a_hard_deadline() -> None:
    template = find_bundled("spt-flow-ci")
    assert template is not None
    assert (template.settings.default_ttl_ms, template.settings.activity_bump_ms) == (30 * 60 * 1000, 0)
    assert find_bundled("nothing") is None


def test_a_release_takes_the_folder_packed_into_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "bundled_templates" / "spt-flow"
    folder.mkdir(parents=True)
    (folder / "layers.json").write_text(json.dumps(["shared/base"]))
    monkeypatch.setattr(bundled, "_PACKAGE", tmp_path)
    template = find_bundled("spt-flow")
    assert template is not None
    assert template.directory == folder
    assert template.request().overlays == (tmp_path / "bundled_templates" / "shared/base",)
