import pytest

from settings import Settings, SettingsError, load_settings

_REQUIRED = {"kubeContext": "here", "nodeCidrs": '["10.0.0.0/16"]', "coderAccessUrl": "https://coder.example.com"}
_IMAGE = "registry.example.com/tools/generic-device-plugin:1.0"


def _load(**values: str) -> Settings:
    return load_settings("staging", {f"spt-flow:{key}": value for key, value in {**_REQUIRED, **values}.items()})


def test_no_plugin_and_no_resource_by_default() -> None:
    kvm = _load().kvm
    assert (kvm.kvm_plugin, kvm.kvm_resource) == ("none", "")


def test_a_resource_without_a_plugin_is_somebody_elses() -> None:
    assert _load(kvmResource="devices.kubevirt.io/kvm").kvm.kvm_plugin == "none"


def test_plugins() -> None:
    assert _load(kvmPlugin="builtin", kvmResource="devices.spt-flow.dev/kvm").kvm.kvm_devices_per_node == 20
    assert _load(kvmPlugin="generic", kvmResource="squat.ai/kvm", kvmPluginImage=_IMAGE).kvm.kvm_plugin_image == _IMAGE


@pytest.mark.parametrize(
    ("values", "key", "words"),
    [
        (
            {"kvmResource": "kvm"},
            "kvmResource",
            "a name with a domain is expected, for example devices.spt-flow.dev/kvm",
        ),
        ({"kvmResource": "a b/kvm"}, "kvmResource", "a name with a domain is expected"),
        ({"kvmPlugin": "other"}, "kvmPlugin", "'none', 'builtin' or 'generic'"),
        ({"kvmPlugin": "builtin"}, "kvmResource", "the name to offer is expected, since kvmPlugin is set: devices."),
        ({"kvmPlugin": "generic"}, "kvmResource", "since kvmPlugin is set: squat.ai/kvm"),
        ({"kvmPlugin": "generic", "kvmResource": "squat.ai/kvm"}, "kvmPluginImage", "Image of generic-device-plugin"),
        (
            {"kvmPlugin": "generic", "kvmResource": "squat.ai/kvm", "kvmPluginImage": "x"},
            "kvmPluginImage",
            "an image with a fixed tag or a digest is expected",
        ),
        (
            {"kvmPlugin": "generic", "kvmResource": "squat.ai/kvm", "kvmPluginImage": "X//"},
            "kvmPluginImage",
            "an image with a fixed tag or a digest is expected",
        ),
        (
            {"kvmPlugin": "generic", "kvmResource": "squat.ai/vm", "kvmPluginImage": _IMAGE},
            "kvmResource",
            "a name that ends in /kvm is expected",
        ),
        ({"kvmDevicesPerNode": "0"}, "kvmDevicesPerNode", "a whole number from 1"),
        ({"kvmQuota": "x"}, "kvmQuota", "a whole number from 1"),
    ],
)
def test_bad_values_are_one_sentence(values: dict[str, str], key: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        _load(**values)
    assert words in str(caught.value)
    assert f"spt-flow:{key}" in str(caught.value)
    assert "\n" not in str(caught.value)
