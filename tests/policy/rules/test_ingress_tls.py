from typing import Any

import pytest

from policies.rules.ingress_tls import INGRESS_TLS
from tests.support.analyzer import SECRET_MARK, UNKNOWN, secret
from tests.support.judged import Judged, exempting, judged
from tests.support.workload_kinds import in_list

_TYPE = "kubernetes:networking.k8s.io/v1:Ingress"
_METADATA = {"name": "coder", "namespace": "coder"}


def _ingress(spec: object, annotations: object = None, **config: Any) -> Judged:  # noqa: ANN401 - any setting
    props = {"metadata": {**_METADATA, "annotations": annotations}, "spec": spec}
    return judged(INGRESS_TLS, _TYPE, props, **config)


def _hosts(rules: list[object], *tls: object) -> list[str]:
    return _ingress({"rules": [{"host": host} for host in rules], "tls": list(tls)}).sentences


def _tls(*hosts: object, named: object = "coder-tls") -> dict[str, object]:
    return {"hosts": list(hosts), "secretName": named}


@pytest.mark.parametrize(
    ("rules", "tls"),
    [
        (["coder.example.com"], [_tls("coder.example.com")]),
        (["coder.example.com", "*.coder.example.com"], [_tls("coder.example.com", "*.coder.example.com")]),
        (["coder.example.com", "*.x.example.com"], [_tls("coder.example.com"), _tls("*.x.example.com")]),
        (["coder.example.com"], [_tls("*.example.com")]),
    ],
)
def test_hosts_with_a_certificate_pass(rules: list[object], tls: list[object]) -> None:
    assert _hosts(rules, *tls) == []


@pytest.mark.parametrize(
    ("rules", "tls"),
    [
        (["coder.example.com"], []),
        (["coder.example.com"], [_tls("other.example.com")]),
        (["a.b.example.com"], [_tls("*.example.com")]),
        (["*.example.com"], [_tls("a.example.com")]),
        (["coder.example.com"], [_tls("coder.example.com", named="")]),
        (["coder.example.com"], [_tls("coder.example.com", named=None)]),
        (["coder.example.com"], [{"secretName": "coder-tls"}]),
        (["coder.example.com"], [{"hosts": "coder.example.com", "secretName": "coder-tls"}]),
        (["coder.example.com"], ["coder.example.com"]),
    ],
)
def test_hosts_without_one_are_told(rules: list[object], tls: list[object]) -> None:
    (sentence,) = _hosts(rules, *tls)
    assert sentence == (
        f"Ingress 'coder/coder' must have an entry of tls with a Secret for every host: it has none for '{rules[0]}'."
    )


@pytest.mark.parametrize("host", [None, ""])
def test_a_rule_without_host_answers_for_any(host: object) -> None:
    assert _hosts([host], _tls("coder.example.com")) == [
        "Ingress 'coder/coder' must name the host of its rule #0: it names none, so it answers for any."
    ]


@pytest.mark.parametrize("host", ["*", "Coder.Example.com", "a b", "https://coder.example.com", "*-x.example.com"])
def test_a_host_that_is_none_is_not_repeated(host: object) -> None:
    assert _hosts([host], _tls("coder.example.com")) == [
        "Ingress 'coder/coder' must name the host of its rule #0 by a host name: its value is none."
    ]


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ({"defaultBackend": {"service": {"name": "x"}}}, "must have no default backend"),
        ({"rules": "all"}, "must have a list of rules"),
        ({"rules": {"host": "x.example.com"}}, "must have a list of rules"),
    ],
)
def test_other_shapes_are_told(spec: object, complaint: str) -> None:
    (sentence,) = _ingress(spec).sentences
    assert sentence.startswith(f"Ingress 'coder/coder' {complaint}: ")


@pytest.mark.parametrize(
    ("annotations", "count"),
    [
        ({"nginx.ingress.kubernetes.io/ssl-redirect": "false"}, 1),
        ({"haproxy.org/ssl-redirect": "false"}, 1),
        ({"traefik.ingress.kubernetes.io/router.tls": "false"}, 1),
        ({"nginx.ingress.kubernetes.io/ssl-redirect": False}, 1),
        ({"nginx.ingress.kubernetes.io/ssl-redirect": True}, 0),
        ({"nginx.ingress.kubernetes.io/ssl-redirect": "true"}, 0),
        ({"cert-manager.io/cluster-issuer": "example"}, 0),
        (UNKNOWN, 0),
    ],
)
def test_annotations_that_turn_tls_off(annotations: object, count: int) -> None:
    sentence = "Ingress 'coder/coder' must answer with TLS alone: one of its annotations turns that off."
    assert _ingress({}, annotations).sentences == [sentence] * count


@pytest.mark.parametrize(
    ("spec", "sentences"),
    [
        ({"rules": [{"host": UNKNOWN}, {"host": "a.example.com"}]}, 1),
        ({"rules": [{"host": "a.example.com"}, UNKNOWN], "tls": []}, 1),
        ({"rules": [{"host": "a.example.com"}], "tls": UNKNOWN}, 0),
        ({"rules": [{"host": "a.example.com"}], "tls": [UNKNOWN]}, 0),
        ({"rules": [{"host": "a.example.com"}], "tls": [{"hosts": UNKNOWN, "secretName": "x"}]}, 0),
        ({"rules": [{"host": "a.example.com"}], "tls": [{"hosts": [UNKNOWN], "secretName": "x"}]}, 0),
        ({"rules": [{"host": "a.example.com"}], "tls": [{"hosts": ["a.example.com"], "secretName": UNKNOWN}]}, 0),
        ({"rules": [{"host": "a.example.com"}], "tls": [{"hosts": ["b.example.com"], "secretName": UNKNOWN}]}, 1),
        ({"rules": UNKNOWN, "defaultBackend": {}}, 1),
    ],
)
def test_unknown_hides_only_itself(spec: object, sentences: int) -> None:
    found = _ingress(spec)
    assert (len(found.sentences), len(found.open)) == (sentences, 1)


def test_marks_types_and_exemptions() -> None:
    assert _hosts([secret(f"{SECRET_MARK}.example.com")]) == [
        (
            "Ingress 'coder/coder' must have an entry of tls with a Secret for every host: it has none for a value "
            "marked as secret."
        )
    ]
    spec = {"rules": [{"host": "a.example.com"}]}
    older = judged(INGRESS_TLS, "kubernetes:extensions/v1beta1:Ingress", {"spec": spec})
    assert len(older.sentences) == 1
    assert len(judged(INGRESS_TLS, *in_list(_TYPE, {"kind": "IngressClass"}, {"spec": spec})).sentences) == 1
    assert judged(INGRESS_TLS, "kubernetes:config.openshift.io/v1:Ingress", {"spec": spec}) == Judged([], [])
    assert _ingress(spec, exemptions=exempting("Ingress coder/coder")).sentences == []
    expired = exempting("Ingress coder/coder", expires="2020-01-01")
    assert "ended on 2020-01-01" in _ingress(spec, exemptions=expired).sentences[0]
