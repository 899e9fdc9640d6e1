import threading
from pathlib import Path

import pytest

from lab.deploy import engine as engine_module
from lab.deploy.engine import Engine, EngineFiles


def test_the_program_waits_for_the_imports_made_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    program = tmp_path / "__main__.py"
    program.write_text("from tests_shared_order import order\norder.append('program')\n", encoding="utf-8")
    (tmp_path / "tests_shared_order.py").write_text("order = []\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    def import_slowly(_program: Path) -> None:
        from tests_shared_order import order  # type: ignore[import-not-found] # noqa: PLC0415 - made above

        assert done.wait(5)
        order.append("imports")

    monkeypatch.setattr(engine_module, "import_ahead", import_slowly)
    files = EngineFiles(
        work=tmp_path, home=tmp_path, launchers=tmp_path, backend="file:///", search_path=(), program=program
    )
    engine = Engine("dev", files)
    monkeypatch.setattr(engine, "_open", lambda: None)

    def operation(_stack: object, _events: object) -> None:
        threading.Timer(0.2, done.set).start()
        engine._program()

    engine._run(operation)
    from tests_shared_order import order  # noqa: PLC0415 - see above

    assert order == ["imports", "program"]
