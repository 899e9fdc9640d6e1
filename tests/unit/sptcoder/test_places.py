import sys
from pathlib import Path

import pytest

from sptcoder.places import cache_folder, config_path, legacy_path, state_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the table's paths are absolute elsewhere only")

HOME = {"HOME": "/home/ada"}
WINDOWS = {"USERPROFILE": "/u", "APPDATA": "/u/roaming", "LOCALAPPDATA": "/u/local"}


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        (HOME, "linux", "/home/ada/.config/spt-flow/config.yaml"),
        (HOME, "darwin", "/home/ada/.config/spt-flow/config.yaml"),
        ({**HOME, "XDG_CONFIG_HOME": "/conf"}, "linux", "/conf/spt-flow/config.yaml"),
        ({**HOME, "XDG_CONFIG_HOME": "relative"}, "linux", "/home/ada/.config/spt-flow/config.yaml"),
        ({**HOME, "XDG_CONFIG_HOME": ""}, "linux", "/home/ada/.config/spt-flow/config.yaml"),
        (WINDOWS, "win32", "/u/roaming/spt-flow/config.yaml"),
        ({"USERPROFILE": "/u"}, "win32", "/u/.config/spt-flow/config.yaml"),
        ({**WINDOWS, "XDG_CONFIG_HOME": "/conf"}, "win32", "/conf/spt-flow/config.yaml"),
    ],
)
def test_the_configuration_follows_the_systems_custom(
    environment: dict[str, str], platform: str, expected: str
) -> None:
    assert config_path(environment, platform) == Path(expected)


def test_the_other_places() -> None:
    assert legacy_path(HOME, "linux") == Path("/home/ada/.spt-flow.yaml")
    assert legacy_path(WINDOWS, "win32") == Path("/u/.spt-flow.yaml")
    assert cache_folder(HOME, "linux") == Path("/home/ada/.cache/spt-flow")
    assert cache_folder({**HOME, "XDG_CACHE_HOME": "/c"}, "linux") == Path("/c/spt-flow")
    assert cache_folder(WINDOWS, "win32") == Path("/u/local/spt-flow")
    assert state_folder(HOME, "linux") == Path("/home/ada/.local/state/spt-flow")
