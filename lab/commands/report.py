"""The end of a run: what changed, where things are, what to type next."""

__all__ = ["print_report"]

import ports
from lab.deploy.service import Deployment
from lab.display import RichProgress, render_plain, render_rich
from lab.display.report import Report
from lab.instance import LabInstance
from lab.toolchain import toolchain_bin


def print_report(
    deployment: Deployment, progress: RichProgress, *, stack: str, instance: LabInstance | None, seconds: float
) -> None:
    """Print the report of a run; `instance` is None for a cluster of the user's."""
    planned = not deployment.applied and bool(deployment.events.pending_changes())
    report = Report(
        title=f"Stack {stack}",
        outcomes=tuple(deployment.events.changes.values()),
        seconds=seconds,
        planned=planned,
        facts=_facts(instance) if instance is not None else (),
        left_out=(*progress.left_out_lines(), *_advice(deployment)),
        next_commands=_next_commands(instance, stack=stack, planned=planned),
    )
    console = progress.console
    if console.is_terminal and not console.no_color:
        console.print(render_rich(report))
    else:
        console.file.write(render_plain(report))


def _facts(instance: LabInstance) -> tuple[tuple[str, str], ...]:
    return (
        ("registry, from this machine", f"{instance.registry_address}:{ports.REGISTRY}  (plain HTTP)"),
        ("registry, in the cluster", f"registry.coder.svc.cluster.local:{ports.REGISTRY}"),
        ("Coder", instance.coder_url),
        ("kubeconfig", str(instance.kubeconfig)),
        ("coder, kubectl, helm, pulumi", str(toolchain_bin())),
    )


def _advice(deployment: Deployment) -> tuple[str, ...]:
    advisory = [violation for violation in deployment.events.violations if violation.level != "mandatory"]
    return tuple(f"policy {violation.policy} (advisory): {violation.message}" for violation in advisory)


def _next_commands(instance: LabInstance | None, *, stack: str, planned: bool) -> tuple[tuple[str, str], ...]:
    if planned:
        return ((f"make up STACK={stack}", "make it so"),)
    if instance is None:
        return ((f"make preview STACK={stack}", "what a change would do"),)
    return (
        ("make demo", "a workspace from a repository, a command in it, and its end"),
        (f"export KUBECONFIG={instance.kubeconfig} PATH={toolchain_bin()}:$PATH", "use kubectl on the lab"),
        ("kubectl get nodes,pods -A", "what runs"),
        ("make status", "each part, healthy or not"),
        ("make down", "remove the lab and all data in it"),
    )
