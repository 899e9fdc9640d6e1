from typing import Any

import pytest

from policies.rules.release_source import RELEASE_SOURCE
from policies.subjects.exact_version import is_exact_version
from tests.support.analyzer import SECRET_MARK, UNKNOWN, secret
from tests.support.judged import Judged, exempting, judged

_RELEASE = "kubernetes:helm.sh/v3:Release"
_CONFIG: dict[str, Any] = {
    "repositories": ["https://charts.example.com/v2", "oci://registry.example.com/charts"],
    "folders": ["lab/charts/app"],
}


def _judged(resource_type: str = _RELEASE, config: dict[str, Any] | None = None, **changes: Any) -> Judged:  # noqa: ANN401 - any input
    props = {
        "chart": "app",
        "version": "1.2.3",
        "repositoryOpts": {"repo": "https://charts.example.com/v2"},
        "devel": False,
        **changes,
    }
    return judged(RELEASE_SOURCE, resource_type, props, **{**_CONFIG, **(config or {})})


@pytest.mark.parametrize(
    "version",
    ["1.2.3", "v1.2.3", "0.0.0", "1.2.3-rc.1", "1.2.3+build.5", "10.20.30-alpha-x.7+exp.sha.5114f85"],
)
def test_exact_versions(version: str) -> None:
    assert is_exact_version(version)
    assert _judged(version=version) == Judged([], [])


@pytest.mark.parametrize(
    "version",
    [
        "^1.2.3",
        "~1.2",
        ">=1.2.3",
        "1.2",
        "1",
        "1.2.x",
        "1.2.*",
        "*",
        "latest",
        "01.2.3",
        "1.2.3 || 2.0.0",
        "1.2.3-",
        "=1.2.3",
        " 1.2.3",
        "1.2.3\n",
        1.2,
        ["1.2.3"],
        True,
        "1.2.3-" + "a" * 200,
    ],
)
def test_what_is_no_exact_version(version: object) -> None:
    assert _judged(version=version).sentences == [
        "Release 'thing' must name one exact version of its chart, such as 2.36.3: it names something else."
    ]


@pytest.mark.parametrize("version", [None, ""])
def test_no_version(version: object) -> None:
    wanted = ["Release 'thing' must name the version of its chart: it names none."]
    assert _judged(version=version).sentences == wanted


@pytest.mark.parametrize("devel", [True, "false", 1])
def test_development_versions(devel: object) -> None:
    assert _judged(devel=devel).sentences == [
        "Release 'thing' must not have the option devel: it would take a development version."
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"repositoryOpts": {"repo": "https://charts.example.com/v2/"}},
        {"repositoryOpts": {"repo": "https://CHARTS.example.com/v2"}},
        {"chart": "oci://registry.example.com/charts/app", "repositoryOpts": None},
        {"chart": "/home/someone/project/lab/charts/app", "repositoryOpts": None},
        {"chart": "./lab/charts/app/", "repositoryOpts": None},
    ],
)
def test_allowed_sources(changes: dict[str, Any]) -> None:
    assert _judged(**changes) == Judged([], [])


@pytest.mark.parametrize(
    "repository",
    [
        "https://charts.example.com",
        "https://charts.example.com/v22",
        "https://charts.example.com/v2/../v2x",
        "https://charts.example.com.evil.example/v2",
        "https://charts.example.com:8443/v2",
        "http://charts.example.com/v2",
        "https://user:pw@charts.example.com/v2",
        "https://charts.example.com/v2?x=1",
        "https://charts.example.com/v2#x",
        "https://charts.example.com/%76%32",
        "charts.example.com/v2",
        "https://[charts/v2",
        "https://charts.example.com:port/v2",
        7,
        ["https://charts.example.com/v2"],
    ],
)
def test_other_repositories(repository: object) -> None:
    assert _judged(repositoryOpts={"repo": repository}).sentences == [
        (
            "Release 'thing' must take its chart from an allowed repository (https://charts.example.com/v2, "
            "oci://registry.example.com/charts): it takes it from another."
        )
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"repositoryOpts": None}, "name the repository of its chart"),
        ({"repositoryOpts": {"repo": ""}}, "name the repository of its chart"),
        ({"chart": None}, "name its chart: it names none"),
        ({"chart": 7}, "name its chart: it names none"),
        ({"chart": "oci://registry.example.com/other/app"}, "take its chart from an allowed repository"),
        ({"chart": "oci://registry.example.com/charts/app:1.0.0"}, "take its chart from an allowed repository"),
        ({"chart": "https://charts.example.com/v2/app.tgz"}, "take its chart from an allowed repository"),
        ({"chart": "/srv/charts/app"}, "take its chart from an allowed folder"),
        ({"chart": "lab/charts/app2"}, "take its chart from an allowed folder"),
        ({"chart": "/x/lab/charts/app/../evil"}, "take its chart from an allowed folder"),
        ({"chart": "/x/../lab/charts/app"}, "take its chart from an allowed folder"),
        ({"chart": "stable/app", "repositoryOpts": None}, "name the repository of its chart"),
        ({"chart": "app-1.2.3.tgz"}, "take its chart from an allowed folder"),
        ({"chart": "some/other/app"}, "take its chart from an allowed folder"),
        ({"chart": "./app-1.2.3.tgz"}, "take its chart from an allowed folder"),
        ({"chart": "./app"}, "take its chart from an allowed folder"),
    ],
)
def test_other_sources(changes: dict[str, Any], words: str) -> None:
    (sentence,) = _judged(**changes).sentences
    assert f"must {words}" in sentence


def test_nothing_is_allowed_by_default() -> None:
    assert "(none)" in _judged(config={"repositories": []}).sentences[0]


@pytest.mark.parametrize("kind", ["v3:Chart", "v4:Chart"])
def test_chart_components_hide_what_they_are_given(kind: str) -> None:
    (sentence,) = judged(RELEASE_SOURCE, f"kubernetes:helm.sh/{kind}", {}).sentences
    assert sentence == "Chart 'thing' must be a Release: policies do not see what a Chart component is given."


@pytest.mark.parametrize(
    "changes",
    [
        {"version": UNKNOWN, "devel": True},
        {"chart": UNKNOWN, "version": "^1"},
        {"repositoryOpts": UNKNOWN, "version": "^1"},
        {"devel": UNKNOWN, "version": "^1"},
    ],
)
def test_unknown_values_hide_only_themselves(changes: dict[str, Any]) -> None:
    found = _judged(**changes)
    assert (len(found.sentences), len(found.open)) == (1, 1)


def test_a_secret_is_in_no_message() -> None:
    for changes in (
        {"version": secret(SECRET_MARK)},
        {"chart": secret(f"/{SECRET_MARK}")},
        {"repositoryOpts": {"repo": f"https://x:{SECRET_MARK}@charts.example.com/v2"}},
    ):
        found = _judged(**changes)
        assert found.sentences
        assert SECRET_MARK not in "".join(found.sentences)


def test_other_types_and_exemptions() -> None:
    assert _judged("kubernetes:core/v1:ConfigMap", version=None) == Judged([], [])
    assert _judged(version=None, config={"exemptions": exempting("Release thing")}).sentences == []
    expired = {"exemptions": exempting("Release thing", expires="2020-01-01")}
    assert len(_judged(version=None, config=expired).sentences) == 1
