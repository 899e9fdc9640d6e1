"""What several commands share: the lab of this checkout and the help text of common options."""

__all__ = ["STACK_HELP", "lab_instance"]

import os
from pathlib import Path

from core.errors import UsageError
from lab.deploy.stack_file import PROJECT_ROOT
from lab.instance import LabInstance

STACK_HELP = "The stack to work on: 'dev' is the embedded lab, the others are clusters of your own."

_VARIABLES = {"name": "SPT_FLOW_LAB_NAME", "slot": "SPT_FLOW_LAB_SLOT", "directory": "SPT_FLOW_LAB_DIR"}


def lab_instance() -> LabInstance:
    """Return the lab of this checkout, `.lab/` in slot 0, unless the environment names another one."""
    slot = os.environ.get(_VARIABLES["slot"], "0")
    if not slot.isdecimal():
        raise UsageError(
            f"The environment variable {_VARIABLES['slot']} is '{slot}'; it must be a number from 0 to 63."
        )
    return LabInstance(
        name=os.environ.get(_VARIABLES["name"], "lab"),
        directory=Path(os.environ.get(_VARIABLES["directory"], str(PROJECT_ROOT / ".lab"))),
        slot=int(slot),
    )
