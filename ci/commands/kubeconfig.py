"""`make ci-kubeconfig`: the kubeconfig of a stack, with a token of the job instead of a stored one."""

__all__ = ["register"]

from pathlib import Path
from typing import Annotated

import typer

from ci.cluster_access import exec_credential, write_kubeconfig
from ci.commands.options import StackOption
from ci.identity_token import identity_token

_HELP = """Write the stack's kubeconfig (its settings name path and context), without a secret in it.

KUBE_SERVER and KUBE_CA are variables of the environment in GitHub. Example: make ci-kubeconfig STACK=staging
"""
_AUDIENCE = typer.Option("--audience", envvar="KUBE_AUDIENCE", help="What the API server expects of a token.")


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("kubeconfig", help=_HELP)(kubeconfig)
    app.command("kube-token", help="Print a fresh token for the API server, as client-go asks for it.", hidden=True)(
        kube_token
    )


def kubeconfig(
    stack: StackOption,
    server: Annotated[str, typer.Option("--server", envvar="KUBE_SERVER", help="Address of the API server.")],
    authority: Annotated[str, typer.Option("--authority", envvar="KUBE_CA", help="Its CA certificate, PEM.")],
    audience: Annotated[str, _AUDIENCE] = "kubernetes",
) -> None:
    """Write the file."""
    # Not at the top: the token, which is asked for often, needs none of what this imports.
    from ci.stack_settings import stack_settings  # noqa: PLC0415 - as said above

    cluster = stack_settings(stack).cluster
    path = Path(cluster.kubeconfig_path).expanduser()
    write_kubeconfig(path, context=cluster.kube_context, server=server, authority=authority, audience=audience)
    typer.echo(f"{path}: context {cluster.kube_context}")


def kube_token(audience: Annotated[str, _AUDIENCE] = "kubernetes") -> None:
    """Print the token."""
    typer.echo(exec_credential(identity_token(audience)))
