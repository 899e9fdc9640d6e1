"""Every way in which this project's edition is meant to differ from the official plugin, each with its reason.

A difference of the matrix that no line here names fails the test, and so does a line that is not observed.
"""

__all__ = ["DEVIATIONS", "Deviation", "sort_out"]

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tests.parity.difference import Difference


@dataclass(frozen=True)
class Deviation:
    """Differences whose aspect, item, resource and step match the patterns.

    They are named in `cases` only, and must be observed in each of them; with `elsewhere`, they may be in any other.
    One that is `optional` depends on the official plugin's version and may be absent.
    """

    name: str
    reason: str
    cases: frozenset[str]
    aspect: str
    item: str = ".*"
    resource: str = ".*"
    step: str = ".*"
    elsewhere: bool = False
    optional: bool = False

    def covers(self, difference: Difference) -> bool:
        """Return whether this line names the difference."""
        return (
            (self.elsewhere or difference.case in self.cases)
            and re.fullmatch(self.aspect, difference.aspect) is not None
            and re.fullmatch(self.item, difference.item) is not None
            and re.fullmatch(self.resource, difference.resource) is not None
            and re.fullmatch(self.step, difference.step) is not None
        )


DEVIATIONS: tuple[Deviation, ...] = (
    Deviation(
        name="definition-awaited",
        reason="A custom resource definition is waited for until it is established, so that its objects can be made.",
        cases=frozenset({"new-definition"}),
        aspect="outputs",
        resource=".*CustomResourceDefinition::definition",
        item=r"status\.(acceptedNames|conditions)\..*",
    ),
    Deviation(
        name="preview-server-fields",
        reason="What the server will fill in is unknown in a preview: the dry run's values are not those of the real "
        "run, and a program must not act on them.",
        cases=frozenset({"create", "new-namespace"}),
        aspect="previewed",
        item=r"metadata\.(uid|creationTimestamp|generation|managedFields|resourceVersion)"
        r"|spec\.(volumeName|clusterIPs?(\.0)?)",
        elsewhere=True,
    ),
    Deviation(
        name="preview-server-fields-passed-on",
        reason="What depends on a field the server will fill in is unknown in a preview, too; officially the dry run's "
        "value is passed on as if it were known.",
        cases=frozenset({"unknowns"}),
        aspect="previewed|detail",
        resource=r"core/v1:ConfigMap::(data|named|labelled)|pulumi:pulumi:Stack::.*",
        step="preview.*",
    ),
    Deviation(
        name="empty-values-kept",
        reason="Inputs stay as the program wrote them. The official plugin drops empty lists and maps, and then finds "
        "an empty list missing in every run.",
        cases=frozenset({"empty"}),
        aspect="inputs|outputs|operations|detail",
        item=r"|data|metadata\.labels|rules|__inputs\.(data|metadata\.labels)",
    ),
    Deviation(
        name="failed-update-unrecorded",
        reason="An update the server refuses is an error and leaves the state as it was: it never claims what was not "
        "applied. Officially the new inputs are recorded. Both try again in the next run.",
        cases=frozenset({"conflict"}),
        aspect="init errors|detail",
        item=r"|data\.a",
        step="change|other field",
    ),
    Deviation(
        name="failed-release-remembered",
        reason="A refresh reports a release that failed, so that the next run repairs it; officially it is forgotten.",
        cases=frozenset({"release-failed-refresh"}),
        aspect="init errors|outcome",
        step="refresh",
    ),
    Deviation(
        name="release-values-unknown",
        reason="A value of a chart that is not known yet is shown as unknown in a preview; some official releases show "
        "an empty one.",
        cases=frozenset({"release-unknowns"}),
        aspect="previewed",
        item=r"values\.message",
        optional=True,
    ),
    Deviation(
        name="take-ownership",
        reason="The official plugin has the input takeOwnership in its later releases only.",
        cases=frozenset(),
        aspect="inputs|outputs|previewed",
        resource=r"helm\.sh/v3:Release::.*",
        item="takeOwnership",
        elsewhere=True,
        optional=True,
    ),
)


def sort_out(case: str, differences: Sequence[Difference]) -> tuple[list[Difference], list[Deviation]]:
    """Return the differences of a case nobody named, and the deviations named for it that were not observed."""
    named = [deviation for deviation in DEVIATIONS if case in deviation.cases]
    unnamed = [one for one in differences if not any(deviation.covers(one) for deviation in DEVIATIONS)]
    stale = [
        deviation
        for deviation in named
        if not deviation.optional and not any(deviation.covers(one) for one in differences)
    ]
    return unnamed, stale
