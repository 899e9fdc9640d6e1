"""Helm releases from a chart folder."""

__all__ = ["CASES"]

import textwrap
from typing import Any

from pulumi import Output, ResourceOptions

from tests.parity.case import Case, Context, Step
from tests.parity.sdk import k8s

_CHART = """
apiVersion: v2
name: small
version: {version}
appVersion: "1.0"
"""
_TEMPLATE = """
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-settings
data:
  message: {{ .Values.message | quote }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec: {containers: [{name: app, image: "registry.example.com/app:1"}]}
"""


def _write_chart(context: Context, version: str = "0.1.0") -> None:
    chart = context.files / "chart"
    (chart / "templates").mkdir(parents=True, exist_ok=True)
    (chart / "Chart.yaml").write_text(textwrap.dedent(_CHART).format(version=version), encoding="utf-8")
    (chart / "values.yaml").write_text("message: hello\nreplicas: 0\nlist: [a, b]\n", encoding="utf-8")
    (chart / "templates" / "objects.yaml").write_text(_TEMPLATE, encoding="utf-8")


def _newer_chart(context: Context) -> None:
    _write_chart(context, "0.2.0")


def _release(values: dict[str, Any], **arguments: Any) -> Any:  # noqa: ANN401 - arguments, and a program
    def program(context: Context, options: ResourceOptions) -> None:
        arguments.setdefault("namespace", context.namespace)
        given = {**arguments, "namespace": context.namespace, "chart": str(context.files / "chart")}
        k8s.helm.v3.Release("release", k8s.helm.v3.ReleaseArgs(values=values, **given), opts=options)

    return program


def _secret(text: str) -> Any:  # noqa: ANN401 - a program
    def program(context: Context, options: ResourceOptions) -> None:
        _release({"message": Output.secret(text), "list": ["a", Output.secret(text)]}, name="one")(context, options)

    return program


def _unknown(context: Context, options: ResourceOptions) -> None:
    first = k8s.core.v1.ConfigMap("first", data={"a": "1"}, opts=options)
    _release({"message": first.metadata.apply(lambda metadata: metadata.uid)}, name="one")(context, options)


def _upgrade_by_hand(context: Context) -> None:
    from core.command import Command  # noqa: PLC0415 - only rows with helm need it

    target = ("--kubeconfig", str(context.cluster.kubeconfig), "--namespace", context.namespace)
    Command("helm").run("upgrade", "one", str(context.files / "chart"), "--set", "message=theirs", *target)


def _uninstall_by_hand(context: Context) -> None:
    from core.command import Command  # noqa: PLC0415 - only rows with helm need it

    target = ("--kubeconfig", str(context.cluster.kubeconfig), "--namespace", context.namespace)
    Command("helm").run("uninstall", "one", *target)


CASES = (
    Case(
        "release",
        (
            Step("preview", _release({"message": "one"}, name="one"), "preview", before=_write_chart),
            Step("up", _release({"message": "one"}, name="one")),
            Step("again", _release({"message": "one"}, name="one")),
            Step("preview change", _release({"message": "two"}, name="one"), "preview"),
            Step("change", _release({"message": "two", "list": ["c"]}, name="one")),
            Step("fewer values", _release({"message": "two"}, name="one")),
            Step("version", _release({"message": "two"}, name="one"), before=_newer_chart),
            Step("refresh", _release({"message": "two"}, name="one"), "refresh"),
            Step("renamed", _release({"message": "two"}, name="other")),
            Step("destroy", _release({"message": "two"}, name="other"), "destroy"),
        ),
    ),
    Case(
        "release-autonamed",
        (
            Step("up", _release({"message": "one"}), before=_write_chart),
            Step("again", _release({"message": "one"})),
            Step("change", _release({"message": "two"}, skip_await=True, timeout=60)),
        ),
    ),
    Case(
        "release-secrets",
        (
            Step("preview", _secret("first-value"), "preview", before=_write_chart),
            Step("up", _secret("first-value")),
            Step("change", _secret("other-value")),
            Step("refresh", _secret("other-value"), "refresh"),
            Step("after", _secret("other-value")),
        ),
    ),
    Case(
        "release-unknowns",
        (Step("preview", _unknown, "preview", before=_write_chart), Step("up", _unknown)),
    ),
    Case(
        "release-drift",
        (
            Step("up", _release({"message": "one"}, name="one"), before=_write_chart),
            Step("refresh", _release({"message": "one"}, name="one"), "refresh", before=_upgrade_by_hand),
            Step("repair", _release({"message": "one"}, name="one")),
            Step("refresh gone", _release({"message": "one"}, name="one"), "refresh", before=_uninstall_by_hand),
            Step("anew", _release({"message": "one"}, name="one")),
        ),
    ),
    Case(
        "release-fails",
        (
            Step("up", _release({"replicas": 1}, name="one", timeout=4), before=_write_chart, fails=True),
            Step("repaired", _release({"replicas": 0}, name="one", timeout=60)),
            Step("broken", _release({"replicas": 1}, name="one", timeout=4), fails=True),
            Step("repaired again", _release({"replicas": 0}, name="one", timeout=60)),
        ),
    ),
    Case(
        "release-failed-refresh",
        (
            Step("up", _release({"replicas": 1}, name="one", timeout=4), before=_write_chart, fails=True),
            Step("refresh", _release({"replicas": 1}, name="one", timeout=4), "refresh"),
        ),
    ),
    Case(
        "release-no-chart",
        (Step("preview", _release({}, name="one"), "preview", fails=True),),
    ),
)
