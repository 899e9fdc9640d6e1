"""The recipes of the Debian layers."""

from dataclasses import replace

from lab.images.debian_recipes import BASE, POSTGRES, RECIPES


def test_each_recipe_has_a_script_and_lies_upon_the_base() -> None:
    for recipe in RECIPES:
        assert recipe.script.is_file()
        assert recipe.lineage[-1] == BASE
        assert list(recipe.packages) == sorted(recipe.packages)


def test_a_change_shows_in_every_layer_above_it() -> None:
    base = replace(BASE, packages=("curl",))
    assert replace(POSTGRES, below=base).fingerprint != POSTGRES.fingerprint
    assert replace(POSTGRES, packages=("git",)).fingerprint != POSTGRES.fingerprint
    assert replace(POSTGRES, title="another").fingerprint == POSTGRES.fingerprint
    assert len({recipe.fingerprint for recipe in RECIPES}) == len(RECIPES)


def test_the_bare_image_has_no_tools_of_ours() -> None:
    assert BASE.packages == ()
