"""The admission policies' arguments out of the stack's settings and policy configuration."""

__all__ = ["admission_args"]

import datetime as dt

from components.admission_policies import AdmissionPoliciesArgs
from components.network_flows import CODER, SYSTEM, WORKSPACES
from core.policy_data import read_policy_data
from settings import Settings


def admission_args(settings: Settings) -> AdmissionPoliciesArgs:
    """Return the arguments; raise PolicyDataError if the policy configuration cannot be read."""
    today = dt.datetime.now(dt.UTC).date()
    data = read_policy_data(settings.stack, settings.policy.policy_config, today=today)
    return {"data": data, "namespaces": (CODER, WORKSPACES, SYSTEM)}
