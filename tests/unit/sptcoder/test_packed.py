"""An executable gives the programs it starts the environment of its user."""

import pytest

from sptcoder.packed import forget_packing


@pytest.mark.parametrize("name", ["LD_LIBRARY_PATH", "LIBPATH", "DYLD_LIBRARY_PATH"])
def test_the_users_own_libraries_come_back(name: str) -> None:
    environment = {name: "/tmp/unpacked", f"{name}_ORIG": "/opt/lib", "PATH": "/bin"}  # noqa: S108 - only a name
    forget_packing(environment, packed=True)
    assert environment == {name: "/opt/lib", "PATH": "/bin", "PYINSTALLER_RESET_ENVIRONMENT": "1"}


def test_without_libraries_of_their_own_there_are_none() -> None:
    environment = {"LD_LIBRARY_PATH": "/tmp/unpacked"}  # noqa: S108 - only a name
    forget_packing(environment, packed=True)
    assert environment == {"PYINSTALLER_RESET_ENVIRONMENT": "1"}


def test_an_ordinary_python_changes_nothing() -> None:
    environment = {"LD_LIBRARY_PATH": "/opt/lib"}
    forget_packing(environment)
    assert environment == {"LD_LIBRARY_PATH": "/opt/lib"}
