"""The command edition under the real engine."""

import os
import threading
from pathlib import Path

import psutil
import pulumi
import pytest
from pulumi import automation as auto
from pulumi_command import local

from tests.support.patience import wait_for_text
from tests.support.pulumi_engine import PulumiEngine

_CANARY = "canary-7f3b92d1"


def _program(log: Path, *, word: str = "one", trigger: str = "a") -> None:
    """One command that writes down what runs, and one that depends on its output."""
    first = local.Command(
        "first",
        create=f'echo "create $WORD" >> {log}; echo "made $WORD"',
        update=f'echo "update $WORD after $PULUMI_COMMAND_STDOUT" >> {log}; echo "changed to $WORD"',
        delete=f'echo "delete $PULUMI_COMMAND_STDOUT" >> {log}',
        environment={"WORD": word, "TOKEN": pulumi.Output.secret(_CANARY)},
        triggers=[trigger],
    )
    second = local.Command("second", create=first.stdout.apply(lambda text: f"echo seen: {text}"))
    pulumi.export("first", first.stdout)
    pulumi.export("second", second.stdout)


def test_create_same_update_replace_delete(engine: PulumiEngine, tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert engine.preview(lambda: _program(log)) == {"create": 3}
    assert not log.exists(), "a preview must not run anything"

    assert engine.up(lambda: _program(log)) == {"first": "made one", "second": "seen: made one"}
    assert log.read_text() == "create one\n"
    assert engine.resources()["first"]["id"].startswith("first")

    engine.up(lambda: _program(log))
    assert engine.operations == {"same": 3}
    assert engine.refresh(lambda: _program(log)) == {"same": 3}

    assert engine.preview(lambda: _program(log, word="two")) == {"same": 1, "update": 2}
    assert engine.up(lambda: _program(log, word="two"))["second"] == "seen: changed to two"
    assert log.read_text().splitlines()[-1] == "update two after made one"

    engine.up(lambda: _program(log, word="two", trigger="b"))
    assert engine.operations == {"same": 1, "replace": 1, "update": 1}
    assert log.read_text().splitlines()[-2:] == ["create two", "delete changed to two"]

    engine.destroy()
    assert log.read_text().splitlines()[-1] == "delete made two"
    assert engine.files_with(_CANARY) == []
    assert _CANARY not in engine.transcript


def test_a_secret_is_nowhere_in_the_clear(engine: PulumiEngine, tmp_path: Path) -> None:
    seen = tmp_path / "arguments"

    def program() -> None:
        script = f"tr '\\0' ' ' < /proc/$$/cmdline > {seen}; cat; echo ${{#TOKEN}} >&2"
        secret = pulumi.Output.secret(_CANARY)
        options = pulumi.ResourceOptions(additional_secret_outputs=["stdout"])
        result = local.Command("quiet", create=script, environment={"TOKEN": secret}, stdin=secret, opts=options)
        pulumi.export("stdout", result.stdout)
        pulumi.export("stderr", result.stderr)

    outputs = engine.up(program)
    assert outputs == {"stdout": _CANARY, "stderr": str(len(_CANARY))}
    assert "cmdline" in seen.read_text()
    assert _CANARY not in seen.read_text()
    assert _CANARY not in engine.transcript
    assert engine.files_with(_CANARY) == []


def test_a_failing_command_is_one_message_without_secrets(engine: PulumiEngine) -> None:
    def program() -> None:
        local.Command(
            "bad",
            create='echo "before"; echo "token is $TOKEN" >&2; exit 3',
            environment={"TOKEN": pulumi.Output.secret(_CANARY)},
        )

    with pytest.raises(auto.CommandError) as caught:
        engine.up(program)
    text = f"{caught.value}\n{engine.transcript}"
    assert "exit status 3: running" in text
    assert "token is [secret]" in text
    assert "Traceback" not in text
    assert _CANARY not in text
    assert engine.files_with(_CANARY) == []
    assert "bad" not in engine.resources()


def test_killing_the_engine_ends_plugin_and_command(engine: PulumiEngine, tmp_path: Path) -> None:
    marker = tmp_path / "pid"

    def program() -> None:
        local.Command("long", create=f"echo $$ > {marker}; sleep 300 & wait")

    failures: list[Exception] = []

    def run() -> None:
        try:
            engine.up(program)
        except auto.CommandError as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    script = psutil.Process(int(wait_for_text(marker)))
    plugin = script.parent()
    assert plugin is not None
    host = plugin.parent()
    assert host is not None
    assert host.exe().endswith("/pulumi")
    watched = [plugin, script, *script.children(recursive=True)]
    host.kill()
    _, alive = psutil.wait_procs(watched, timeout=30)
    thread.join(30)
    assert alive == []
    assert failures


def test_ctrl_c_stops_the_command_and_leaves_no_lock(engine: PulumiEngine, tmp_path: Path) -> None:
    marker = tmp_path / "pid"

    def program() -> None:
        local.Command("long", create=f"echo $$ > {marker}; sleep 300 & wait")

    failures: list[Exception] = []

    def run() -> None:
        try:
            engine.up(program)
        except auto.CommandError as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    script = psutil.Process(int(wait_for_text(marker)))
    plugin = script.parent()
    assert plugin is not None
    watched = [plugin, script, *script.children(recursive=True)]
    os.kill(plugin.ppid(), 2)
    _, alive = psutil.wait_procs(watched, timeout=30)
    thread.join(30)
    assert alive == []
    assert failures
    assert [path for path in engine.backend.rglob("*.json") if "locks" in path.parts] == []
    assert "was cancelled" in engine.transcript
