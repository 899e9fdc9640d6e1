"""Rules about what can be seen from outside of the platform: certificates, and whether metrics come in."""

__all__ = ["entry_group", "targets_group"]

from typing import Final

from components.alert_rules.rule import DAY, HOUR, Alert, Group, Record, or_zero

_LEFT: Final = "spt_flow:certificate_left_seconds"


def entry_group(namespace: str) -> Group:
    """Return the rules about certificates: cert-manager's of the namespace, and those that a blackbox exporter sees."""
    managed = f'certmanager_certificate_expiration_timestamp_seconds{{namespace="{namespace}"}}'
    return Group(
        "spt-flow-certificates",
        (
            Record(
                _LEFT,
                f'label_replace({managed}, "certificate", "$1", "name", "(.*)") - time() or '
                'label_replace(probe_ssl_earliest_cert_expiry, "certificate", "$1", "instance", "(.*)") - time()',
            ),
            Alert(
                "CertificateExpired",
                f"{_LEFT} < {DAY}",
                "5m",
                "critical",
                "A certificate is out of date, or will be within a day",
                "{{ $labels.certificate }} has {{ $value | humanizeDuration }} left.",
            ),
            Alert(
                "CertificateExpires",
                f"{_LEFT} < {14 * DAY}",
                "1h",
                "warning",
                "A certificate will soon be out of date",
                "{{ $labels.certificate }} has {{ $value | humanizeDuration }} left.",
            ),
        ),
    )


def targets_group(*, pushgateway: bool) -> Group:
    """Return the rules about the platform's own targets."""
    rules = [
        Alert(
            "RegistryDown",
            f"{or_zero(_up('registry-metrics'))} == 0",
            "10m",
            "critical",
            "The registry does not answer",
            "For ten minutes. A collection that died may have left it closed.",
        )
    ]
    if pushgateway:
        rules += [
            Alert(
                "PushgatewayDown",
                f"{or_zero(_up('pushgateway'))} == 0",
                "15m",
                "warning",
                "The jobs' metrics are lost",
                "The Pushgateway has not answered for a quarter of an hour; nobody hears of jobs that fail.",
            ),
            Alert(
                "MetricsRefused",
                f"push_failure_time_seconds > push_time_seconds and time() - push_failure_time_seconds < {26 * HOUR}",
                "5m",
                "warning",
                "A job's metrics are refused",
                "The Pushgateway did not take the last metrics of {{ $labels.job }}.",
            ),
        ]
    return Group("spt-flow-targets", tuple(rules))


def _up(job: str) -> str:
    return f'max(up{{job="{job}"}})'
