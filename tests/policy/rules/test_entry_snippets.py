from typing import Any

import pytest

from policies.rules.entry_snippets import ENTRY_SNIPPETS
from tests.support.analyzer import SECRET_MARK, UNKNOWN
from tests.support.judged import Judged, exempting, judged

_TYPE = "kubernetes:networking.k8s.io/v1:Ingress"
_RELEASE = "kubernetes:helm.sh/v3:Release"


def _ingress(annotations: object, resource_type: str = _TYPE, **config: Any) -> Judged:  # noqa: ANN401 - any setting
    return judged(ENTRY_SNIPPETS, resource_type, {"metadata": {"name": "coder", "annotations": annotations}}, **config)


@pytest.mark.parametrize(
    "key",
    [
        "nginx.ingress.kubernetes.io/server-snippet",
        "nginx.ingress.kubernetes.io/configuration-snippet",
        "nginx.ingress.kubernetes.io/auth-snippet",
        "nginx.ingress.kubernetes.io/stream-snippet",
        "nginx.org/location-snippets",
        "haproxy.org/backend-config-snippet",
        "haproxy-ingress.github.io/config-backend",
        "haproxy-ingress.github.io/config-frontend-late",
    ],
)
@pytest.mark.parametrize("value", ["x", "", UNKNOWN, 5])
def test_snippets_are_told_whatever_they_say(key: str, value: object) -> None:
    assert _ingress({key: value}).sentences == [
        (
            f"Ingress 'coder' must leave the proxy's configuration alone: the annotation {key} is written into it "
            f"as it stands."
        )
    ]


@pytest.mark.parametrize(
    "annotations",
    [
        {"nginx.ingress.kubernetes.io/proxy-read-timeout": "3600"},
        {"haproxy.org/timeout-tunnel": "3600s"},
        {"example.com/config": "x"},
        None,
        [],
        "snippet",
    ],
)
def test_settings_pass(annotations: object) -> None:
    assert _ingress(annotations) == Judged([], [])


@pytest.mark.parametrize("kind", ["gateway.networking.k8s.io/v1:Gateway", "gateway.networking.k8s.io/v1:HTTPRoute"])
def test_other_entries_too(kind: str) -> None:
    assert len(_ingress({"a/server-snippet": "x"}, f"kubernetes:{kind}").sentences) == 1


def test_nothing_else() -> None:
    assert _ingress({"a/server-snippet": "x"}, "kubernetes:apps/v1:Deployment") == Judged([], [])
    assert _ingress({"a/server-snippet": "x"}, "aws:ec2:Instance") == Judged([], [])


def test_an_odd_name_is_not_repeated() -> None:
    (sentence,) = _ingress({f"{SECRET_MARK} X/server-snippet": "x"}).sentences
    assert sentence == (
        "Ingress 'coder' must leave the proxy's configuration alone: one of its annotations is written into it as it "
        "stands."
    )


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({"coder": {"ingress": {"annotations": {"nginx.ingress.kubernetes.io/server-snippet": "x"}}}}, 1),
        ({"controller": {"allowSnippetAnnotations": True}}, 1),
        ({"controller": {"allowSnippetAnnotations": False}}, 0),
        ({"controller": {"config": {"allow-snippet-annotations": "true"}}}, 1),
        ({"coder": {"ingress": {"annotations": {}}}}, 0),
    ],
)
def test_values_of_charts(values: object, count: int) -> None:
    assert len(judged(ENTRY_SNIPPETS, _RELEASE, {"values": values}).sentences) == count


@pytest.mark.parametrize(("value", "count"), [("true", 1), (True, 1), ("yes", 1), ("false", 0), (None, 0)])
def test_the_controllers_switch(value: object, count: int) -> None:
    props = {"metadata": {"name": "nginx"}, "data": {"allow-snippet-annotations": value}}
    sentence = (
        "ConfigMap 'nginx' must not let annotations into the proxy's configuration: allow-snippet-annotations is not "
        "false."
    )
    assert judged(ENTRY_SNIPPETS, "kubernetes:core/v1:ConfigMap", props).sentences == [sentence] * count


def test_unknown_and_exemptions() -> None:
    assert len(_ingress(UNKNOWN).open) == 1
    bad = {"a/server-snippet": "x"}
    assert _ingress(bad, exemptions=exempting("Ingress coder")).sentences == []
    assert (
        "ended on 2020-01-01" in _ingress(bad, exemptions=exempting("Ingress coder", expires="2020-01-01")).sentences[0]
    )
