"""Rights on the node: not privileged, none of its namespaces, ports, processes or unmasked files; few capabilities."""

__all__ = ["privilege_rules"]

from collections.abc import Mapping, Sequence
from typing import Final

from components.admission_rules.cel import about_containers, about_places, about_pod, by_namespace, joined, literal
from components.admission_rules.rule import AdmissionRule

_HOST_NAMESPACES: Final = {"hostNetwork": "network", "hostPID": "processes", "hostIPC": "inter-process communication"}
_CONTEXT: Final = "c.fields.?securityContext"
_HOST_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop")


def privilege_rules(capabilities: Mapping[str, Sequence[str]]) -> list[AdmissionRule]:
    """Return the rules; `capabilities` that may be added are by namespace."""
    return [
        AdmissionRule("workload-forbids-privileged", _privileged()),
        AdmissionRule("workload-forbids-host-namespaces", _host_namespaces()),
        AdmissionRule("workload-forbids-host-process", _host_process()),
        AdmissionRule("workload-forbids-host-ports", _host_ports()),
        AdmissionRule("workload-forbids-host-probes", _host_probes()),
        AdmissionRule("workload-restricts-capabilities", _capabilities(capabilities)),
        AdmissionRule("workload-requires-masked-proc", _proc_mount()),
    ]


def _privileged() -> str:
    words = "must not be privileged: its privileged is true. Leave it out."
    return about_containers((f"{_CONTEXT}.?privileged.orValue(false) == true", literal(words)))


def _host_namespaces() -> str:
    return joined(
        *(
            about_pod(
                f"variables.spec.?{key}.orValue(false) == true",
                literal(f"must not share the {shared} of its node: its {key} is true. Leave it out."),
            )
            for key, shared in _HOST_NAMESPACES.items()
        )
    )


def _host_process() -> str:
    words = "must not run as a process of its node: its hostProcess is true."
    return about_places(("c.security.?windowsOptions.?hostProcess.orValue(false) == true", literal(words)))


def _host_ports() -> str:
    taken = "c.fields.?ports.orValue([]).filter(p, p.?hostPort.orValue(0) != 0)"
    number = f"string({taken}[0].hostPort)"
    words = f'"must not take a port of its node: its hostPort is " + {number} + ". Leave it out."'
    return about_containers((f"{taken}.size() > 0", words))


def _host_probes() -> str:
    cases = []
    for handler in _HOST_PROBES:
        for kind in ("httpGet", "tcpSocket"):
            found = f'c.fields.?{handler.replace(".", ".?")}.?{kind}.?host.orValue("")'
            cases.append((f'{found} != ""', literal(f"must not name a host in {handler}.{kind}: it does.")))
    return about_containers(*cases)


def _capabilities(allowed: Mapping[str, Sequence[str]]) -> str:
    names = by_namespace(allowed)
    added = f"{_CONTEXT}.?capabilities.?add.orValue([])"
    first = f"{added}.filter(a, !(a in {names}))[0]"
    shown = by_namespace({namespace: ", ".join(few) or "none" for namespace, few in allowed.items()})
    told = f'({first}.matches("^[A-Z_]{{1,40}}$") ? "the capability " + {first} : "what is no capability of Linux")'
    words = f'"must not add " + {told} + ": it is not on the list (" + {shown} + ")."'
    return about_containers((f"{added}.exists(a, !(a in {names}))", words))


def _proc_mount() -> str:
    found = f'{_CONTEXT}.?procMount.orValue("Default")'
    return about_containers(
        (f'{found} != "Default"', f'"must have the procMount Default: it is " + {found} + ". Leave it out."')
    )
