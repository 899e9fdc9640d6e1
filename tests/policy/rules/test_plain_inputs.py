import base64
from typing import Any

import pytest

from policies.rules.plain_inputs import PLAIN_INPUTS
from tests.support.analyzer import UNKNOWN, secret
from tests.support.judged import Judged, exempting, judged
from tests.support.workload_kinds import DEPLOYMENT, workload

_TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" * 2
_SHA = "0123456789abcdef" * 4
_COMMAND = "command:local:Command"
_RELEASE = "kubernetes:helm.sh/v3:Release"
_KEY = base64.b64encode(b"-----BEGIN " + b"RSA PRIVATE KEY-----\nMIIB").decode()


@pytest.mark.parametrize(
    ("resource_type", "props"),
    [
        (_COMMAND, {"environment": {"CODER_SESSION_TOKEN": secret(_TOKEN), "CODER_URL": "https://coder.example.com"}}),
        (_COMMAND, {"environment": {"CODER_SESSION_TOKEN": secret(UNKNOWN)}, "create": "push", "triggers": [_SHA]}),
        (_COMMAND, {"stdin": secret("anything"), "interpreter": ["/usr/bin/python3", "-m", "sptcoder.platform"]}),
        ("pulumi:providers:kubernetes", {"kubeconfig": secret(f"users: [{{client-key-data: {_KEY}}}]")}),
        ("kubernetes:core/v1:Secret", {"stringData": {"password": "hunter"}, "data": {"key": _KEY}}),
        ("kubernetes:core/v1:ConfigMap", {"data": {"password": "hunter"}}),
        ("kubernetes:core/v1:Service", {"metadata": {"annotations": {"note": _TOKEN}}}),
        (DEPLOYMENT, workload(DEPLOYMENT, {"containers": [{"env": [{"name": "TOKEN", "value": _TOKEN}]}]})),
        (_RELEASE, {"values": {"coder": {"podAnnotations": {"credentials-checksum": secret(_SHA)}}}}),
        (_RELEASE, {"values": {"auth": {"password": secret("hunter")}, "imagePullSecret": "registry-access"}}),
        (
            _RELEASE,
            {"values": {"coder": {"env": [{"name": "TOKEN", "valueFrom": {"secretKeyRef": {"key": "token"}}}]}}},
        ),
        ("kubernetes:rbac.authorization.k8s.io/v1:Role", {"rules": [{"resources": ["secrets"], "verbs": ["get"]}]}),
        ("random:index/randomPassword:RandomPassword", {"length": 32, "special": False}),
        ("kubernetes:example.com/v1:Thing", {"spec": {"passwordSecret": {"name": "x", "key": "password"}}}),
        ("spt-flow:index:Coder", {}),
    ],
)
def test_inputs_without_secrets_in_clear_pass(resource_type: str, props: dict[str, Any]) -> None:
    assert judged(PLAIN_INPUTS, resource_type, props) == Judged([], [])


@pytest.mark.parametrize(
    ("resource_type", "props", "sentence"),
    [
        (
            _COMMAND,
            {"environment": {"CODER_SESSION_TOKEN": "abc"}},
            (
                "The input 'environment.CODER_SESSION_TOKEN' of Command 'thing' must not be a secret in "
                "clear: it looks like "
                "one, going by its name."
            ),
        ),
        (
            _COMMAND,
            {"create": f"push --with {_TOKEN}"},
            "The input 'create' of Command 'thing' must not be a secret in clear: it looks like a GitHub token.",
        ),
        (
            _COMMAND,
            {"create": secret("push --with something")},
            "The input 'create' of Command 'thing' must not be a secret in clear: the program marks it as secret.",
        ),
        (
            "pulumi:providers:kubernetes",
            {"kubeconfig": f"users: [{{client-key-data: {_KEY}}}]"},
            "The input 'kubeconfig' of kubernetes 'thing' must not be a secret in clear: it looks like a private key.",
        ),
        (
            _RELEASE,
            {"values": {"auth": {"password": "hunter"}}},
            (
                "The input 'values.auth.password' of Release 'thing' must not be a secret in clear: it looks "
                "like one, going "
                "by its name."
            ),
        ),
        (
            _RELEASE,
            {"values": {"coder": {"env": [{"name": "PGPASSWORD", "value": secret("hunter")}]}}},
            (
                "The input 'values.coder.env[0].value' of Release 'thing' must not be a secret in clear: the "
                "program marks it "
                "as secret."
            ),
        ),
        (
            _RELEASE,
            {"values": {"coder": {"env": [{"name": "S3_KEY", "value": "hunter_1"}]}}},
            (
                "The input 'values.coder.env[0].value' of Release 'thing' must not be a secret in clear: it "
                "looks like one, "
                "going by its name."
            ),
        ),
        (
            "kubernetes:example.com/v1:Thing",
            {"spec": {"url": "https://me:hunter@example.com"}},
            "The input 'spec.url' of Thing 'thing' must not be a secret in clear: it looks like a URL with a password.",
        ),
        (
            "kubernetes:example.com/v1:Thing",
            {"spec": {"setting": secret("hunter")}},
            "The input 'spec.setting' of Thing 'thing' must not be a secret in clear: the program marks it as secret.",
        ),
        (
            DEPLOYMENT,
            workload(DEPLOYMENT, {"volumes": [{"csi": {"volumeAttributes": {"password": "hunter"}}}]}),
            (
                "The input 'spec.template.spec.volumes[0].csi.volumeAttributes.password' of Deployment "
                "'thing' must not be a "
                "secret in clear: it looks like one, going by its name."
            ),
        ),
        (
            "kubernetes:yaml/v2:ConfigGroup",
            {"objs": [{"kind": "Thing", "password": "hunter"}]},
            (
                "The input 'objs[0].password' of ConfigGroup 'thing' must not be a secret in clear: "
                "it looks like one, going by its name."
            ),
        ),
        (
            _COMMAND,
            {"environment": {"PUSH": '{"variables": {"git_password": "hunter"}}'}},
            (
                "The input 'environment.PUSH' of Command 'thing' must not be a secret in clear: "
                "it looks like one with its name."
            ),
        ),
        (
            "kubernetes:core/v1:ConfigMap",
            {"data": {"note": _TOKEN}, "metadata": {"annotations": {"note": _TOKEN}}, "other": {"note": _TOKEN}},
            "The input 'other.note' of ConfigMap 'thing' must not be a secret in clear: it looks like a GitHub token.",
        ),
        (
            "aws:rds:Instance",
            {"password": "hunter"},
            (
                "The input 'password' of Instance 'thing' must not be a secret in clear: it looks like one, "
                "going by its name."
            ),
        ),
        (
            "aws:rds:Instance",
            {f"a {_TOKEN}": {"password": "hunter"}},
            "An input of Instance 'thing' must not be a secret in clear: it looks like one, going by its name.",
        ),
    ],
)
def test_secrets_in_clear_are_told(resource_type: str, props: dict[str, Any], sentence: str) -> None:
    assert judged(PLAIN_INPUTS, resource_type, props).sentences == [sentence]


def test_unknown_hides_only_itself() -> None:
    found = judged(PLAIN_INPUTS, _COMMAND, {"environment": {"A": UNKNOWN, "PASSWORD": "hunter"}})
    assert (len(found.sentences), len(found.open)) == (1, 1)


def test_an_exemption_counts_until_its_day() -> None:
    props = {"environment": {"PASSWORD": "hunter"}}
    assert judged(PLAIN_INPUTS, _COMMAND, props, exemptions=exempting("Command thing")).sentences == []
    expired = exempting("Command thing", expires="2020-01-01")
    assert "ended on 2020-01-01" in judged(PLAIN_INPUTS, _COMMAND, props, exemptions=expired).sentences[0]
