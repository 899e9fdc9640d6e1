"""The passphrase is made once, private, and never over a state it could not open."""

from pathlib import Path

import pytest

from core.errors import SptFlowError
from lab.deploy.passphrase import ensure_passphrase


def test_it_is_made_private_and_then_kept(tmp_path: Path) -> None:
    path = tmp_path / "lab" / "passphrase"
    ensure_passphrase(path, state_exists=False)
    first = path.read_text(encoding="utf-8")
    assert len(first) >= 40
    assert path.stat().st_mode & 0o777 == 0o600
    ensure_passphrase(path, state_exists=True)
    assert path.read_text(encoding="utf-8") == first


def test_a_lost_passphrase_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    with pytest.raises(SptFlowError, match="is missing; without it the state cannot be opened"):
        ensure_passphrase(path, state_exists=True)
    assert not path.exists()


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(SptFlowError, match="is empty"):
        ensure_passphrase(path, state_exists=False)
