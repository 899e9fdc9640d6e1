"""Every rule that stands in the cluster, made of the figures of one configuration."""

__all__ = ["admission_rules"]

from collections.abc import Sequence

from components.admission_rules.confinement import confinement_rules
from components.admission_rules.images import image_rules
from components.admission_rules.kvm import kvm_rules
from components.admission_rules.labels import label_rules
from components.admission_rules.limits import limit_rules
from components.admission_rules.privileges import privilege_rules
from components.admission_rules.rule import AdmissionRule
from components.admission_rules.volumes import volume_rules
from core.policy_data import PolicyData


def admission_rules(data: PolicyData, namespaces: Sequence[str]) -> list[AdmissionRule]:
    """Return the rules for the namespaces, what is worst first.

    Only workspaces are held to labels, digests and to having no token: what else there is comes through the pack,
    whose exemptions name the objects of the program and not the pods that controllers make of them.
    """
    workspaces = [name for name in namespaces if name in data.workspace_namespaces]
    return [
        *privilege_rules({name: data.capabilities(name) for name in namespaces}),
        *confinement_rules(data.seccomp_profiles, data.apparmor_profiles, workspaces),
        *volume_rules(data.host_paths, data.volume_types, data.csi_drivers),
        *kvm_rules(data.kvm),
        *image_rules(
            {name: data.repositories(name) for name in namespaces},
            [name for name in workspaces if data.needs_digest(name)],
        ),
        *limit_rules({name: data.bounds(name) for name in namespaces}),
        *label_rules(workspaces, data.labels),
    ]
