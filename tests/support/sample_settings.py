"""The settings of a stack that says no more than it must."""

from collections.abc import Sequence

from settings import Settings, load_settings

_REQUIRED = {"kubeContext": "here", "nodeCidrs": '["10.0.0.0/16"]', "coderAccessUrl": "https://coder.example.com"}


def sample_settings(stack: str, secret: Sequence[str] = (), **values: str) -> Settings:
    """Return the stack's settings with the values, by key, over what has to be there; `secret` names encrypted ones."""
    config = {f"spt-flow:{key}": value for key, value in {**_REQUIRED, **values}.items()}
    return load_settings(stack, config, [f"spt-flow:{key}" for key in secret])
