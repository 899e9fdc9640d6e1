"""What several commands share: the lab of this checkout and the help text of common options."""

__all__ = ["STACK_HELP", "lab_instance"]

import os

from pydantic import ValidationError

from core.errors import UsageError
from lab.deploy.stack_file import PROJECT_ROOT
from lab.instance import LabInstance

STACK_HELP = "The stack to work on: 'dev' is the embedded lab, the others are clusters of your own."

_VARIABLES = {"name": "SPT_FLOW_LAB_NAME", "slot": "SPT_FLOW_LAB_SLOT", "directory": "SPT_FLOW_LAB_DIR"}
_ALLOWED = {
    "SPT_FLOW_LAB_NAME": "it must be 1 to 8 lower-case letters and digits, beginning with a letter",
    "SPT_FLOW_LAB_SLOT": "it must be a number from 0 to 63",
    "SPT_FLOW_LAB_DIR": "it must be an absolute path",
}


def lab_instance() -> LabInstance:
    """Return the lab of this checkout, `.lab/` in slot 0, unless the environment names another one."""
    chosen = {key: os.environ[variable] for key, variable in _VARIABLES.items() if variable in os.environ}
    try:
        return LabInstance.model_validate({"name": "lab", "slot": 0, "directory": PROJECT_ROOT / ".lab", **chosen})
    except ValidationError as error:
        first = error.errors()[0]
        variable = _VARIABLES[str(first["loc"][0])]
        raise UsageError(f"The environment variable {variable} is {first['input']!r}: {_ALLOWED[variable]}.") from None
