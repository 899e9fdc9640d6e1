"""The random edition under the real engine."""

import pulumi
import pulumi_random as random
import pytest
from pulumi import automation as auto

from tests.support.pulumi_engine import PulumiEngine

_CANARY = "canary-51c0ffee"


def _program(*, length: int = 24, keeper: str = _CANARY) -> None:
    password = random.RandomPassword(
        "password", length=length, special=False, keepers={"token": pulumi.Output.secret(keeper)}
    )
    name = random.RandomPet("name", prefix=password.length.apply(lambda number: f"n{number}"))
    random.RandomBytes("bytes", length=8)
    pulumi.export("password", password.result)
    pulumi.export("name", name.id)


def test_values_are_drawn_once_kept_and_drawn_again(engine: PulumiEngine) -> None:
    assert engine.preview(_program) == {"create": 4}
    first = engine.up(_program)
    assert len(first["password"]) == 24
    assert first["name"].startswith("n24-")
    resources = engine.resources()
    assert resources["password"]["id"] == "none"

    assert engine.up(_program) == first
    assert engine.operations == {"same": 4}
    assert engine.refresh(_program) == {"same": 4}

    assert engine.preview(lambda: _program(length=30)) == {"same": 2, "replace": 2}
    second = engine.up(lambda: _program(length=30))
    assert len(second["password"]) == 30
    assert second["name"].startswith("n30-")

    third = engine.up(lambda: _program(length=30, keeper="another one"))
    assert third["password"] != second["password"]
    assert third["name"] == second["name"]

    for secret in (_CANARY, first["password"], second["password"], third["password"]):
        assert engine.files_with(secret) == []
        assert secret not in engine.transcript
    engine.destroy()
    assert engine.resources() == {}


def test_an_invalid_input_is_one_sentence(engine: PulumiEngine) -> None:
    with pytest.raises(auto.CommandError) as caught:
        engine.preview(lambda: random.RandomString("s", length=2, min_lower=3))
    assert "it is 2, but must be at least the sum of" in str(caught.value)
    assert "Traceback" not in engine.transcript


def test_import_takes_an_existing_value_over(engine: PulumiEngine) -> None:
    def program(import_id: str | None = None) -> None:
        options = pulumi.ResourceOptions(import_=import_id)
        random.RandomString("s", length=5, opts=options)

    engine.up(lambda: program("hello"))
    assert engine.operations == {"create": 1, "import": 1}
    assert engine.resources()["s"]["outputs"]["result"] == "hello"
    engine.up(program)
    assert engine.operations == {"same": 2}
