"""One line about a check, for every kind of output."""

__all__ = ["summary"]

from lab.policy_check.check import Check


def summary(check: Check) -> str:
    """Return how much was judged and what came of it: "74 resources, no violation, 2 undecided, 9 exemptions"."""
    report = check.report
    if check.failure:
        return "could not be checked"
    advisory = len(report.violations) - len(report.mandatory)
    parts = [_count(report.resources, "resource")]
    parts.append(_count(len(report.mandatory), "violation") if report.mandatory else "no violation")
    if advisory:
        parts.append(f"{advisory} advisory")
    if report.undecided:
        parts.append(f"{len(report.undecided)} undecided")
    if report.exemptions:
        parts.append(_count(len(report.exemptions), "exemption"))
    return ", ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
