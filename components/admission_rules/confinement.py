"""What confines a container: seccomp, AppArmor, SELinux, safe kernel parameters, and no token for the API."""

__all__ = ["confinement_rules"]

from collections.abc import Collection, Sequence
from typing import Final

from components.admission_rules.cel import about_containers, about_places, about_pod, joined, literal
from components.admission_rules.rule import AdmissionRule

# As the level `baseline` of the Pod Security Standards has them.
_SELINUX_TYPES: Final = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
_SAFE_SYSCTLS: Final = (
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_syncookies",
)
_APPARMOR_NOTE: Final = "container.apparmor.security.beta.kubernetes.io/"
_SYSCTLS: Final = "variables.spec.?securityContext.?sysctls.orValue([])"


def confinement_rules(
    seccomp: Sequence[str], apparmor: Sequence[str], tokenless: Collection[str]
) -> list[AdmissionRule]:
    """Return the rules: profiles of the node that are allowed, and namespaces whose pods may have no token."""
    return [
        AdmissionRule("workload-requires-seccomp", _seccomp(seccomp)),
        AdmissionRule("workload-restricts-apparmor", _apparmor(apparmor)),
        AdmissionRule("workload-restricts-selinux", _selinux()),
        AdmissionRule("workload-restricts-sysctls", _sysctls()),
        AdmissionRule("workload-forbids-api-token", _token(tokenless)),
    ]


def _seccomp(allowed: Sequence[str]) -> str:
    profile = "c.security.?seccompProfile"
    kind = f'{profile}.?type.orValue("RuntimeDefault")'
    local = f'{kind} == "Localhost" && {profile}.?localhostProfile.orValue("") in {literal(allowed)}'
    own = "?securityContext.?seccompProfile"
    missing = "must have the seccompProfile RuntimeDefault, or its pod: both have none."
    remedy = "Set the pod's securityContext.seccompProfile.type."
    return joined(
        about_places(
            (
                f'{kind} != "RuntimeDefault" && !({local})',
                f'"must have the seccompProfile RuntimeDefault: it is " + {kind} + "."',
            )
        ),
        about_containers(
            (
                f"!c.fields.{own}.hasValue() && !variables.spec.{own}.hasValue()",
                literal(f"{missing} {remedy}"),
            )
        ),
    )


def _apparmor(allowed: Sequence[str]) -> str:
    profile = "c.security.?appArmorProfile"
    kind = f'{profile}.?type.orValue("RuntimeDefault")'
    local = f'{kind} == "Localhost" && {profile}.?localhostProfile.orValue("") in {literal(allowed)}'
    notes = "variables.pod.?metadata.?annotations.orValue({})"
    named = literal(["runtime/default", *(f"localhost/{name}" for name in allowed)])
    words = literal("must have the AppArmor profile RuntimeDefault, or none: this one is not allowed.")
    return joined(
        about_places((f'{kind} != "RuntimeDefault" && !({local})', words)),
        about_pod(
            f"{notes}.exists(k, k.startsWith({literal(_APPARMOR_NOTE)}) && !({notes}[k] in {named}))",
            words,
        ),
    )


def _selinux() -> str:
    options = "c.security.?seLinuxOptions"
    types = literal(_SELINUX_TYPES)
    shown = ", ".join(each for each in sorted(_SELINUX_TYPES) if each)
    return joined(
        about_places(
            (
                f'!({options}.?type.orValue("") in {types})',
                literal(f"must have an SELinux type that is one of {shown}: it is another."),
            )
        ),
        *(
            about_places(
                (
                    f'{options}.?{key}.orValue("") != ""',
                    literal(f"must have an SELinux {key} that is left out: it is another."),
                )
            )
            for key in ("user", "role")
        ),
    )


def _sysctls() -> str:
    words = '" must not set the kernel parameter \'" + s.name + "\': only those of the safe subset."'
    return f"{_SYSCTLS}.map(s, !(s.name in {literal(_SAFE_SYSCTLS)}),\n  variables.podTitle + {words})"


def _token(namespaces: Collection[str]) -> str:
    """Return the complaints; Kubernetes itself adds a volume with a token to pods that do not refuse one."""
    here = f"request.namespace in {literal(sorted(namespaces))}"
    mounted = "variables.spec.?automountServiceAccountToken.orValue(true) != false"
    sources = "v.?projected.?sources.orValue([])"
    by_volume = f"variables.spec.?volumes.orValue([]).exists(v, {sources}.exists(s, s.?serviceAccountToken.hasValue()))"
    title = '"The pods of " + variables.title + '
    by_default = literal(
        " must not have a token for the API: automountServiceAccountToken must be false, and is true or left out."
    )
    projected = literal(" must not have a token for the API in a projected volume.")
    return f"!({here}) ? [] : {mounted} ? [{title}{by_default}] : {by_volume} ? [{title}{projected}] : []"
