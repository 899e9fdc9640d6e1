"""The sample repository of `make serve`: small, with a target `test` that passes anywhere there is make and a shell."""

__all__ = ["SAMPLE", "make_sample"]

from pathlib import Path
from typing import Final

from lab.demo.repository import commit_files

SAMPLE: Final = "sample"
"""Name of the repository."""

_FILES: Final = {
    "README.md": "# A sample\n\n`make test` runs its tests.\n",
    "Makefile": ".PHONY: test\ntest:\n\t@sh tests/run.sh\n",
    "greeting.sh": '#!/bin/sh\necho "Hello, ${1:-world}."\n',
    "devpods/setup.sh": "#!/bin/sh\necho 'Nothing to install: make and a shell are all it takes.'\n",
    "tests/run.sh": """#!/bin/sh
# What greeting.sh says, with a name and without one.
set -eu
[ "$(sh greeting.sh)" = 'Hello, world.' ]
[ "$(sh greeting.sh you)" = 'Hello, you.' ]
echo '2 tests passed.'
""",
}


def make_sample(folder: Path) -> Path:
    """Make the repository `<folder>/sample` with the branch `main`, and return its folder."""
    work = folder / SAMPLE
    work.mkdir()
    commit_files(folder, work, [("Add a sample with its tests", _FILES)])
    return work
