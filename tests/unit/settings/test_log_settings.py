import re

import pytest

from core.config_reader import SettingsError
from tests.support.sample_settings import sample_settings


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"logOutput": "loki"}, "logHost has its default"),
        ({"logOutput": "kafka"}, "logOutput has the value 'kafka'"),
        ({"logOutput": "http", "logHost": "a.example.com", "logPath": "x"}, "a path that begins with /"),
        ({"logOutput": "es", "logHost": "a.example.com", "logPath": "/X"}, "an index in small letters"),
        ({"logOutput": "http", "logHost": "a.example.com", "logPort": "65536"}, "a port from 1 to 65535"),
    ],
)
def test_logs_with_nowhere_to_go_are_refused(values: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(words)):
        sample_settings("staging", **values)
