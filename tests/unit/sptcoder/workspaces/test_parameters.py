"""Values of parameters: options, presets and --param, and a sentence for what the template does not take."""

from datetime import timedelta

import pytest

from core.errors import UsageError
from sptcoder.api.models.template import Preset, PresetParameter, RichParameter
from sptcoder.workspaces.parameters import Wishes, choose_parameters, parse_parameters

URL = "https://github.com/my/repo"
SPT_FLOW = [
    RichParameter(name=name, default_value="0")
    for name in ("repo_url", "branch", "more_repositories", "dotfiles_url", "cpu", "memory")
]
PIPELINE = [RichParameter(name=name) for name in ("repo_url", "branch", "ttl_minutes")]
SMALL = Preset(
    id="small-id",
    name="Small",
    parameters=(PresetParameter(name="cpu", value="2"), PresetParameter(name="memory", value="4")),
)


def test_each_option_has_its_parameter() -> None:
    wishes = Wishes(URL, branch="b", more=("https://github.com/my/other",), dotfiles="https://github.com/me/dotfiles")
    assert choose_parameters("spt-flow", SPT_FLOW, (), wishes).values == {
        "repo_url": URL,
        "branch": "b",
        "more_repositories": '["https://github.com/my/other"]',
        "dotfiles_url": "https://github.com/me/dotfiles",
    }


def test_what_is_not_asked_for_is_left_to_the_template() -> None:
    assert choose_parameters("spt-flow", SPT_FLOW, (SMALL,), Wishes(URL)).values == {"repo_url": URL}


def test_other_templates_may_call_repository_and_branch_otherwise() -> None:
    parameters = [RichParameter(name="git_url"), RichParameter(name="git_branch")]
    assert choose_parameters("x", parameters, (), Wishes(URL, branch="b")).values == {"git_url": URL, "git_branch": "b"}


def test_a_time_to_live_is_minutes_of_the_pipelines_template() -> None:
    wishes = Wishes(URL, ttl=timedelta(minutes=90))
    assert choose_parameters("spt-flow-ci", PIPELINE, (), wishes).values["ttl_minutes"] == "90"
    with pytest.raises(UsageError, match="does not take --ttl: it has no parameter 'ttl_minutes'"):
        choose_parameters("spt-flow", SPT_FLOW, (), wishes)


def test_a_preset_is_found_in_any_case_and_sent_with_its_values() -> None:
    chosen = choose_parameters("spt-flow", SPT_FLOW, (SMALL,), Wishes(URL, preset="small"))
    assert (chosen.preset_id, chosen.values["cpu"], chosen.values["memory"]) == ("small-id", "2", "4")


def test_a_parameter_given_beside_a_preset_wins_and_the_preset_is_not_claimed() -> None:
    chosen = choose_parameters("spt-flow", SPT_FLOW, (SMALL,), Wishes(URL, preset="Small", given={"cpu": "3"}))
    assert (chosen.preset_id, chosen.values["cpu"], chosen.values["memory"]) == (None, "3", "4")


def test_an_unknown_preset_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="has no preset 'huge'; there are: Small"):
        choose_parameters("spt-flow", SPT_FLOW, (SMALL,), Wishes(URL, preset="huge"))


def test_an_unknown_parameter_is_guessed_at() -> None:
    with pytest.raises(UsageError, match="has no parameter 'memry'; did you mean 'memory'"):
        choose_parameters("spt-flow", SPT_FLOW, (), Wishes(URL, given={"memry": "2"}))
    with pytest.raises(UsageError, match="there are: cpu, memory"):
        choose_parameters("spt-flow", SPT_FLOW, (), Wishes(URL, given={"zzz": "2"}))


def test_a_required_parameter_without_a_value_is_named() -> None:
    parameters = [*SPT_FLOW, RichParameter(name="region", required=True)]
    with pytest.raises(UsageError, match="needs a value for 'region'") as caught:
        choose_parameters("spt-flow", parameters, (), Wishes(URL))
    assert caught.value.next_command == "the same command with --param region=VALUE"


def test_a_template_without_a_repository_is_refused() -> None:
    with pytest.raises(UsageError, match="does not take a repository"):
        choose_parameters("bare", [RichParameter(name="cpu")], (), Wishes(URL))


def test_values_may_hold_anything() -> None:
    assert parse_parameters(["a=b=c", "d=", "e=$(id) x"]) == {"a": "b=c", "d": "", "e": "$(id) x"}


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("cpu", "expected is --param NAME=VALUE"),
        ("=4", "expected is --param NAME=VALUE"),
        ("repo_url=x", "by the argument REPOSITORY"),
        ("branch=x", "by --branch"),
        ("dotfiles_url=x", "by --dotfiles"),
        ("ttl_minutes=5", "by --ttl"),
    ],
)
def test_what_has_an_option_of_its_own_is_no_parameter(word: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_parameters([word])
