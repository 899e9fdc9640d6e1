"""Which run of a pipeline this is, as the pipeline's own environment tells it."""

__all__ = ["pipeline_run"]

import secrets
from collections.abc import Mapping
from typing import Final

_RUNS: Final = (
    ("SPT_FLOW_RUN_ID",),
    # The runner too: jobs of a matrix have one name.
    ("GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_JOB", "GITHUB_REPOSITORY", "RUNNER_NAME"),
    ("CI_JOB_ID", "CI_PROJECT_ID"),
    ("BUILDKITE_JOB_ID",),
    ("CIRCLE_WORKFLOW_JOB_ID", "CIRCLE_BUILD_NUM"),
    ("BUILD_BUILDID", "SYSTEM_JOBID"),
    ("BUILD_TAG",),
)
"""The variables that make a run: the user's own, then those of GitHub, GitLab, Buildkite, CircleCI, Azure, Jenkins."""


def pipeline_run(environment: Mapping[str, str]) -> str:
    """Return what is equal for all commands of one run and differs from every other; by chance if nothing tells."""
    for names in _RUNS:
        if environment.get(names[0]):
            return " ".join(f"{name}={environment.get(name, '')}" for name in names)
    return secrets.token_hex(8)
