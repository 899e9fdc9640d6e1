from pathlib import Path

from lab.deploy.engine_home import forbid_engine_log


def test_the_engine_finds_a_file_where_its_logs_would_be(tmp_path: Path) -> None:
    home = tmp_path / "pulumi"
    forbid_engine_log(home)
    written = (home / "logs").read_text(encoding="utf-8")
    assert "log" in written
    forbid_engine_log(home)
    assert (home / "logs").read_text(encoding="utf-8") == written


def test_logs_of_earlier_runs_are_removed(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "old.log").write_text("values", encoding="utf-8")
    (tmp_path / "plugins").mkdir()
    forbid_engine_log(tmp_path)
    assert (tmp_path / "logs").is_file()
    assert (tmp_path / "plugins").is_dir()


def test_a_link_is_taken_away_and_what_it_leads_to_left_alone(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    home = tmp_path / "home"
    home.mkdir()
    (home / "logs").symlink_to(elsewhere)
    forbid_engine_log(home)
    assert (home / "logs").is_file()
    assert not (home / "logs").is_symlink()
    assert (elsewhere / "kept").exists()
