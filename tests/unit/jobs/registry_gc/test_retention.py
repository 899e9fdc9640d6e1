from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given

from jobs.registry_gc.retention import Rules, Tag, decide

_NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
_DIGESTS = [f"sha256:{number:064x}" for number in range(6)]
_ages = st.one_of(st.none(), st.integers(min_value=-5, max_value=120))


def _tag(name: str, days: float | None, digest: int = 0, repository: str = "app") -> Tag:
    return Tag(repository, name, _DIGESTS[digest], None if days is None else _NOW - timedelta(days=days))


@st.composite
def _tags(draw: st.DrawFn) -> list[Tag]:
    names = st.sampled_from(
        ["1", "2", "3", "v1", "latest", *(f"sha256-{digest[7:]}{end}" for digest in _DIGESTS for end in ("", ".sig"))]
    )
    repositories = st.sampled_from(["app", "tools/x"])
    listed = draw(
        st.lists(
            st.builds(_tag, names, _ages, st.integers(min_value=0, max_value=5), repositories),
            max_size=14,
            unique_by=lambda tag: (tag.repository, tag.name),
        )
    )
    return draw(st.permutations(listed))


_rules = st.builds(
    Rules,
    newest=st.integers(min_value=1, max_value=4),
    age=st.integers(min_value=1, max_value=60).map(lambda days: timedelta(days=days)),
    protected=st.sampled_from([(), ("*:v*",), ("tools/*:latest",)]),
    used_tags=st.sampled_from([frozenset[str](), frozenset({"app:1"})]),
    used_digests=st.sets(st.sampled_from(_DIGESTS), max_size=2).map(frozenset),
)


@given(_tags(), _rules)
def test_each_tag_stays_or_goes_whatever_their_order(tags: list[Tag], rules: Rules) -> None:
    decision = decide(tags, rules, _NOW)
    assert sorted(map(str, (*decision.kept, *decision.removed))) == sorted(map(str, tags))
    again = decide(sorted(tags, key=str), rules, _NOW)
    assert (set(again.kept), set(again.removed)) == (set(decision.kept), set(decision.removed))


@given(_tags(), _rules)
def test_nothing_in_use_or_protected_goes(tags: list[Tag], rules: Rules) -> None:
    for tag in decide(tags, rules, _NOW).removed:
        assert tag.digest not in rules.used_digests
        assert str(tag) not in rules.used_tags
        assert not tag.name.startswith("v") or "*:v*" not in rules.protected


@given(_tags(), _rules)
def test_what_goes_is_old_and_not_among_the_newest(tags: list[Tag], rules: Rules) -> None:
    decision = decide(tags, rules, _NOW)
    for repository in {tag.repository for tag in tags}:
        found = [tag for tag in tags if tag.repository == repository]
        images = [tag for tag in found if tag.companion_of not in {other.digest for other in found}]
        staying = [tag for tag in decision.kept if tag in images]
        assert len(staying) >= min(rules.newest, len(images))
        # Whatever goes is old, and older than as many as the rules ask for.
        for tag in set(decision.removed) & set(images):
            moment = tag.pushed
            assert moment is not None
            assert moment <= _NOW - rules.age
            assert sum(other.pushed is None or other.pushed >= moment for other in staying) >= rules.newest


@given(_tags(), _rules)
def test_a_second_run_has_nothing_to_do(tags: list[Tag], rules: Rules) -> None:
    assert decide(decide(tags, rules, _NOW).kept, rules, _NOW).removed == ()


@given(_tags(), _rules, st.integers(min_value=0, max_value=5), st.integers(min_value=0, max_value=60))
def test_milder_rules_keep_no_less(tags: list[Tag], rules: Rules, more: int, days: int) -> None:
    milder = Rules(
        rules.newest + more,
        rules.age + timedelta(days=days),
        rules.protected,
        rules.used_tags,
        rules.used_digests,
    )
    assert set(decide(tags, rules, _NOW).kept) <= set(decide(tags, milder, _NOW).kept)


@given(_tags(), _rules)
def test_what_accompanies_an_image_stays_exactly_as_long(tags: list[Tag], rules: Rules) -> None:
    decision = decide(tags, rules, _NOW)
    for tag in tags:
        if tag.companion_of is None or rules.reason(tag, _NOW) in ("in use", "protected"):
            continue
        others = {other.digest for other in tags if other.repository == tag.repository}
        if tag.companion_of not in others:
            continue
        staying = {other.digest for other in decision.kept if other.repository == tag.repository and other != tag}
        # One that is about its own digest is about nothing that could stay without it.
        if tag.companion_of != tag.digest:
            assert (tag in decision.kept) == (tag.companion_of in staying)


@pytest.mark.parametrize("days", [None, -3.0, 0.0, 29.9])
def test_a_time_that_is_unknown_ahead_or_recent_keeps_a_tag(days: float | None) -> None:
    tags = [_tag("new", 0), _tag("other", days)]
    assert decide(tags, Rules(1, timedelta(days=30)), _NOW).removed == ()
    assert [tag.name for tag in decide([_tag("new", 0), _tag("other", 30)], Rules(1, timedelta(days=30)), _NOW).removed]


def test_patterns_are_of_whole_names() -> None:
    old = [
        _tag("new", 0),
        _tag("v1", 90),
        _tag("xv1", 90),
        _tag("v1", 90, repository="tools/x"),
        _tag("n", 1, 0, "tools/x"),
    ]
    rules = Rules(1, timedelta(days=30), protected=("app:v?",))
    assert {str(tag) for tag in decide(old, rules, _NOW).removed} == {"app:xv1", "tools/x:v1"}
