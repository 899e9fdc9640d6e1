from typing import Any

import pytest

from policies.rules.access_url import ACCESS_URL_RULE
from tests.support.analyzer import SECRET_MARK, UNKNOWN, secret
from tests.support.judged import Judged, exempting, judged

_TYPE = "kubernetes:helm.sh/v3:Release"
_NAME = "CODER_ACCESS_URL"


def _release(env: object, chart: object = "coder", **config: Any) -> Judged:  # noqa: ANN401 - any setting of the rule
    return judged(ACCESS_URL_RULE, _TYPE, {"chart": chart, "values": {"coder": {"env": env}}}, **config)


def _url(url: object, **config: Any) -> Judged:  # noqa: ANN401 - any setting of the rule
    return _release([{"name": "OTHER", "value": "x"}, {"name": _NAME, "value": url}], **config)


@pytest.mark.parametrize(
    "url",
    ["https://coder.example.com", "https://coder.example.com/", "https://coder.example.com:8443", "https://192.0.2.7"],
)
def test_urls_that_users_reach_pass(url: str) -> None:
    assert _url(url) == Judged([], [])


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://coder.example.com", "an access URL with https: that of coder.example.com has none."),
        (
            "https://coder",
            "an access URL that users' own machines can reach: coder means something inside the cluster alone.",
        ),
        (
            "https://coder.coder.svc.cluster.local",
            (
                "an access URL that users' own machines can reach: coder.coder.svc.cluster.local means "
                "something inside the "
                "cluster alone."
            ),
        ),
        (
            "https://localhost:3000",
            "an access URL that users' own machines can reach: localhost means something inside the cluster alone.",
        ),
        (
            "https://127.0.0.1",
            "an access URL that users' own machines can reach: 127.0.0.1 means something inside the cluster alone.",
        ),
        ("https://me:hunter@coder.example.com", None),
        ("https://coder.example.com/path", None),
        ("https://coder.example.com?x=y", None),
        ("https://coder.example.com:99999", None),
        ("ftp://coder.example.com", None),
        ("coder.example.com", None),
        ("https://", None),
        ("https://[::1", None),
        ("https://c\u00f6der.example.com", None),
        ("", None),
        (7, "its access URL as a literal: CODER_ACCESS_URL is none, so nobody can tell where it leads."),
        (None, "its access URL as a literal: CODER_ACCESS_URL is none, so nobody can tell where it leads."),
    ],
)
def test_others_are_told(url: object, complaint: str | None) -> None:
    complaint = complaint or "an access URL of scheme, host and nothing else: its value is not of that form."
    assert _url(url).sentences == [f"Release 'thing' must have {complaint}"]


def test_http_is_a_setting_of_the_lab() -> None:
    assert _url("http://10.99.0.80", allowHttp=True) == Judged([], [])
    assert len(_url("http://coder", allowHttp=True).sentences) == 1


@pytest.mark.parametrize("env", [None, [], [{"name": "OTHER", "value": "x"}], "text", {"CODER_ACCESS_URL": "x"}])
def test_without_one_the_chart_would_choose(env: object) -> None:
    assert _release(env).sentences == [
        (
            "Release 'thing' must have an access URL: coder.env has no CODER_ACCESS_URL, so the chart takes "
            "an address of the "
            "cluster."
        )
    ]


def test_it_is_a_literal_and_there_once() -> None:
    reference = {"secretKeyRef": {"name": "x", "key": "url"}}
    (sentence,) = _release([{"name": _NAME, "valueFrom": reference}]).sentences
    assert "as a literal" in sentence
    (sentence,) = _release([{"name": _NAME, "value": "https://coder.example.com", "valueFrom": reference}]).sentences
    assert "as a literal" in sentence
    twice = [{"name": _NAME, "value": "https://coder.example.com"}] * 2
    (sentence,) = _release(twice).sentences
    assert sentence.endswith("must have one access URL: coder.env has CODER_ACCESS_URL 2 times.")


@pytest.mark.parametrize(
    ("env", "count"),
    [
        (UNKNOWN, 0),
        ([UNKNOWN], 0),
        ([{"name": UNKNOWN, "value": "x"}], 0),
        ([{"name": _NAME, "value": UNKNOWN}], 0),
        ([{"name": _NAME, "valueFrom": UNKNOWN}], 0),
        ([UNKNOWN, {"name": _NAME, "value": "http://coder.example.com"}], 1),
    ],
)
def test_unknown_hides_only_itself(env: object, count: int) -> None:
    found = _release(env)
    assert (len(found.sentences), len(found.open)) == (count, 1)


@pytest.mark.parametrize(
    ("chart", "count"), [("oci://ghcr.io/coder/chart/coder", 1), ("lab/charts/coder", 1), (UNKNOWN, 1)]
)
def test_coders_chart_wherever_it_comes_from(chart: object, count: int) -> None:
    assert len(_release([{"name": "OTHER"}], chart).sentences) == count


def test_others_marks_and_exemptions() -> None:
    other = judged(ACCESS_URL_RULE, _TYPE, {"chart": "postgres", "values": {"coder": {}}})
    assert other == Judged([], [])
    assert judged(ACCESS_URL_RULE, "aws:ec2:Instance", {"chart": "coder"}) == Judged([], [])
    assert _url(secret(f"http://{SECRET_MARK}.example.com")).sentences == [
        "Release 'thing' must have an access URL with https: that of a value marked as secret has none."
    ]
    assert _url("http://coder.example.com", exemptions=exempting("Release thing")).sentences == []
    expired = exempting("Release thing", expires="2020-01-01")
    assert "ended on 2020-01-01" in _url("http://coder.example.com", exemptions=expired).sentences[0]
