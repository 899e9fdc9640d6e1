import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.errors import UsageError
from jobs.database.settings import DatabaseSettings
from jobs.environment import JobSettings, read_secret, read_settings
from jobs.event_log import EventLog
from jobs.reaper.settings import ReaperSettings

_REAPER = {"CODER_URL": "http://coder.test"}
_DATABASE = {"PGHOST": "db", "PGUSER": "coder", "PGDATABASE": "coder", "DUMP_DIRECTORY": "/dumps", "PGPASSWORD": "x"}


@pytest.mark.parametrize(
    ("model", "base", "name", "value", "says"),
    [
        (ReaperSettings, _REAPER, "CODER_URL", "", "The environment variable CODER_URL is not set. Where Coder's API"),
        (ReaperSettings, _REAPER, "CODER_URL", "coder", "CODER_URL has the value 'coder'; input should be a valid URL"),
        (ReaperSettings, _REAPER, "REAPER_DRY_RUN", "maybe", """the value 'maybe'; "true" or "false" is expected"""),
        (ReaperSettings, _REAPER, "REAPER_TEMPLATES", "a,,b", "names of templates are expected"),
        (ReaperSettings, _REAPER, "REAPER_TEMPLATES", "Über", "names of templates are expected"),
        (ReaperSettings, _REAPER, "REAPER_NAMESPACE", "a/b", "the name of a namespace is expected"),
        (ReaperSettings, _REAPER, "REAPER_GRACE_HOURS", "-1", "REAPER_GRACE_HOURS has the value '-1'"),
        (ReaperSettings, _REAPER, "REAPER_MAX_TTL_MINUTES", "soon", "REAPER_MAX_TTL_MINUTES has the value 'soon'"),
        (DatabaseSettings, _DATABASE, "PGDATABASE", "a b", "a name of at most 40 letters"),
        (DatabaseSettings, _DATABASE, "PGDATABASE", "postgres://x", "a name of at most 40 letters"),
        (DatabaseSettings, _DATABASE, "PGPORT", "0", "PGPORT has the value '0'"),
        (DatabaseSettings, _DATABASE, "DUMP_KEEP", "0", "DUMP_KEEP has the value '0'"),
        (DatabaseSettings, _DATABASE, "PGHOST", "", "The environment variable PGHOST is not set."),
    ],
)
def test_what_is_wrong_is_one_sentence(
    model: type[JobSettings], base: dict[str, str], name: str, value: str, says: str
) -> None:
    read_settings(model, base)
    with pytest.raises(UsageError) as caught:
        read_settings(model, {**base, name: value})
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_set_is_what_counts() -> None:
    settings = read_settings(
        ReaperSettings,
        {**_REAPER, "REAPER_TEMPLATES": "one, two", "REAPER_GRACE_HOURS": "3", "REAPER_DRY_RUN": "false"},
    )
    assert settings.templates == ("one", "two")
    assert settings.grace.total_seconds() == 3 * 3600
    assert not settings.dry_run


def test_a_secret_comes_from_its_file_first(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("from-file\n")
    assert read_secret(SecretStr("from-variable"), path, variable="TOKEN") == "from-file"
    assert read_secret(SecretStr("from-variable"), None, variable="TOKEN") == "from-variable"


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe\xff"])
def test_a_secret_that_cannot_be_read_is_named_by_its_variable(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="TOKEN_FILE"):
        read_secret(SecretStr("canary"), path, variable="TOKEN")
    with pytest.raises(UsageError, match="Neither TOKEN_FILE nor TOKEN is set"):
        read_secret(None, None, variable="TOKEN")


def test_no_secret_is_in_a_representation() -> None:
    settings = read_settings(DatabaseSettings, {**_DATABASE, "PGPASSWORD": "canary"})
    assert "canary" not in repr(settings) + str(settings.model_dump())
    assert settings.environment()["PGPASSWORD"] == "canary"


def test_an_event_is_one_line_of_json() -> None:
    stream = io.StringIO()
    log = EventLog("reaper", stream, lambda: datetime(2026, 11, 21, 12, 0, tzinfo=UTC))
    log.write("delete", level="error", reason="two\nlines", path=Path("/x"))
    assert stream.getvalue().count("\n") == 1
    assert json.loads(stream.getvalue()) == {
        "time": "2026-11-21T12:00:00.000+00:00",
        "level": "error",
        "job": "reaper",
        "event": "delete",
        "reason": "two\nlines",
        "path": "/x",
    }
