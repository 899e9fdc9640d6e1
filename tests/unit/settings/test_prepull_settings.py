import pytest

from settings import Settings, SettingsError, load_settings

_REQUIRED = {"kubeContext": "here", "nodeCidrs": '["10.0.0.0/16"]', "coderAccessUrl": "https://coder.example.com"}


def _load(**values: str) -> Settings:
    return load_settings("staging", {f"spt-flow:{key}": value for key, value in {**_REQUIRED, **values}.items()})


def test_nothing_is_kept_by_default() -> None:
    prepull = _load().prepull
    assert not prepull.workspace_prepull
    assert (prepull.prepull_node_selector, prepull.prepull_tolerations) == ({}, ())


def test_nodes_are_chosen_by_labels_and_tolerations() -> None:
    prepull = _load(
        workspacePrepull="true",
        prepullNodeSelector='{"example.com/pool": "workspaces"}',
        prepullTolerations='[{"key": "pool", "operator": "Exists"}]',
    ).prepull
    assert prepull.prepull_node_selector == {"example.com/pool": "workspaces"}
    assert prepull.prepull_tolerations == ({"key": "pool", "operator": "Exists"},)


@pytest.mark.parametrize(
    ("values", "key", "words"),
    [
        ({"workspacePrepull": "yes"}, "workspacePrepull", '"true" or "false"'),
        ({"prepullNodeSelector": "pool"}, "prepullNodeSelector", "a JSON object is expected"),
        ({"prepullNodeSelector": '{"a b": "x"}'}, "prepullNodeSelector", "a JSON object of labels and their values"),
        ({"prepullNodeSelector": '{"a": "x y"}'}, "prepullNodeSelector", "a JSON object of labels and their values"),
        ({"prepullNodeSelector": '{"a": 1}'}, "prepullNodeSelector", "a JSON object of labels and their values"),
        ({"prepullTolerations": "{}"}, "prepullTolerations", "a JSON list of objects is expected"),
        ({"prepullTolerations": "["}, "prepullTolerations", "a JSON list of objects is expected"),
        ({"prepullTolerations": "[1]"}, "prepullTolerations", "a JSON list of objects is expected"),
        ({"prepullTolerations": '[{"key": 1}]'}, "prepullTolerations", "an object of strings is expected"),
        ({"prepullTolerations": '[{"key": "a", "operator": "In"}]'}, "prepullTolerations", "Exists or Equal"),
        ({"prepullSchedule": "hourly"}, "prepullSchedule", "a cron schedule of five fields"),
        ({"prepullWaitMinutes": "0"}, "prepullWaitMinutes", "a whole number from 1"),
    ],
)
def test_bad_values_are_one_sentence(values: dict[str, str], key: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        _load(**values)
    assert words in str(caught.value)
    assert f"spt-flow:{key}" in str(caught.value)
    assert "\n" not in str(caught.value)
