import base64
import secrets
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.secret_values.names import assigned_secret, names_secret
from policies.secret_values.randomness import has_random_key
from policies.secret_values.search import secret_in
from policies.secret_values.shapes import shape_in

# Put together here, so that nothing in this file has the shape of a secret.
_HEX = "0123456789abcdef"
_MIXED = "a1B2c3D4e5F6g7H8i9J0"
_JWT = ".".join(["eyJ" + "hbGciOiJIUzI1NiJ9", "eyJ" + "zdWIiOiIxIn0abc", "c2lnbmF0dXJl"])
_PEM = "-----BEGIN {} KEY-----\nMIIB\n-----END {} KEY-----"
_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ0k3xN5vU8t2Lq9Zr1\n-----END CERTIFICATE-----"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ghp_" + _MIXED * 2, "a GitHub token"),
        ("clone with gho_" + _MIXED * 2 + " please", "a GitHub token"),
        ("github_pat_" + _MIXED * 3, "a GitHub token"),
        ("glpat-" + _MIXED, "a GitLab token"),
        ("AKIA" + "IOSFODNN7EXAMPLE", "an AWS access key"),
        ("AIza" + _MIXED + "a1B2c3D4e5F6g7H", "a Google API key"),
        ("xoxb-" + "123456789012-abc", "a Slack token"),
        ("https://hooks.slack.com/services/" + "T0AAA/B0AAA/xyz", "a Slack webhook"),
        ("sk_" + "live_" + _MIXED, "a Stripe key"),
        ("npm_" + _MIXED + "a1B2c3D4e5F6g7H8", "an npm token"),
        ("pypi-" + _MIXED * 2, "a PyPI token"),
        ("sk-ant-" + _MIXED, "an API key"),
        ("pul-" + _HEX * 2 + "01234567", "a Pulumi token"),
        ("ops_" + _JWT.partition(".")[0] + _MIXED, "a 1Password service account token"),
        ("A3-ABCDEF-ABCDEF-ABCDE-ABCDE-ABCDE-ABCDE", "a 1Password secret key"),
        ("hvs." + _MIXED, "a Vault token"),
        ("dckr_pat_" + _MIXED, "a Docker Hub token"),
        ("dop_v1_" + _HEX * 4, "a DigitalOcean token"),
        ("hf_" + _MIXED * 2, "a Hugging Face token"),
        ("SG." + _MIXED + "." + _MIXED, "a SendGrid key"),
        ("tskey-auth-" + _MIXED, "a Tailscale key"),
        (_JWT, "a signed token (JWT)"),
        ("AGE-SECRET-KEY-1" + "QPZRY9X8GF" * 5, "an age key"),
        (_PEM.format("PRIVATE", "PRIVATE"), "a private key"),
        (_PEM.format("OPENSSH PRIVATE", "OPENSSH PRIVATE"), "a private key"),
        ("$2y$10$" + _MIXED * 2 + "a1B2c3D4e5F6g", "a password's hash"),
        ("aB3dE6gH9k-" + "a1B2c3D4e5F6g7H8i9J0k1", "a Coder session token"),
        ("postgres://coder:hunter@db.example.com/coder", "a URL with a password"),
        ("see redis://:hunter@cache:6379 there", "a URL with a password"),
        ("Authorization: Bearer abcdef123456xyz", "an authorization header"),
    ],
)
def test_known_shapes_are_told_by_kind(text: str, kind: str) -> None:
    assert shape_in(text) == kind
    assert secret_in(text) == kind
    assert secret_in(f"x {text} y") == kind
    assert secret_in(_base64(text)) == kind
    assert secret_in(_base64(_base64(text))) == kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "true",
        "8080",
        "250m",
        "registry.coder.svc.cluster.local:5000/spt-flow/workspace:0.1.0",
        "ghcr.io/coder/coder:v2.36.3@sha256:" + _HEX * 4,
        _HEX * 4,
        "sha512-" + _base64(_HEX * 4),
        "6f1c9a52-3b7e-4d1a-9c0f-2a5b8e7d4c3f",
        "kubernetes.io/change-cause",
        "RequiredDuringSchedulingIgnoredDuringExecution2",
        "pod-security.kubernetes.io/enforce-version",
        "/var/lib/kubelet/device-plugins/SptFlow1.sock",
        "postgres://coder@db.example.com/coder",
        "postgres://coder:$(PASSWORD)@db.example.com/coder",
        "postgres://coder:${PASSWORD}@db.example.com/coder",
        "https://example.com:8443/path@v2",
        "30 2 * * *",
        "spt-flow-7f9c6b5d48-x2k9q",
        "arn:aws:iam::123456789012:role/Coder2Backup",
        "ssh-ed25519 " + "AAAAC3NzaC1lZDI1NTE5AAAAI" + _MIXED * 2 + " me@example.com",
        _CERTIFICATE,
        _base64(_CERTIFICATE),
        _base64("hello, this is a text that is long enough"),
        "data:image/png;base64," + _MIXED * 4,
        "Use the token that the operator gave you, and the password you chose.",
        "has(object.spec.containers) && object.spec.containers.all(c, c.securityContext.privileged != true)",
        'PGPASSWORD="$POSTGRES_PASSWORD" pg_dump --username=coder',
        "export TOKEN=$(cat /run/secrets/token)",
        "token_file: /run/secrets/token",
        "passwordKey: url",
        'if [ "$password" = "" ]; then exit 1; fi',
    ],
)
def test_what_platforms_are_full_of_is_none(text: str) -> None:
    assert secret_in(text) is None


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("PASSWORD", True),
        ("PGPASSWORD", True),
        ("DB_PASS", True),
        ("POSTGRES_PASSWORD_1", True),
        ("CODER_EXTERNAL_AUTH_0_CLIENT_SECRET", True),
        ("githubToken", True),
        ("API_KEY", True),
        ("apiKey", True),
        ("tls.passphrase", True),
        ("PASSWORD_FILE", False),
        ("SPTCODER_TOKEN_DAYS", False),
        ("secretName", False),
        ("TOKENIZER", False),
        ("KEYBOARD", False),
        ("MONKEY", False),
        ("COMPASS", False),
        ("SORT_KEY", False),
        ("key", False),
        ("", False),
        ("0", False),
    ],
)
def test_the_last_word_of_a_name_decides(name: str, secret: bool) -> None:  # noqa: FBT001 - a column
    assert names_secret(name) is secret


@pytest.mark.parametrize(("name", "secret"), [("S3_KEY", True), ("CODER_LICENSE_KEY", True), ("SORT_KEY", False)])
def test_of_variables_every_key_counts_but_a_few(name: str, secret: bool) -> None:  # noqa: FBT001 - a column
    assert names_secret(name, any_key=True) is secret


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("PASSWORD", "hunter", True),
        ("PASSWORD", "12345678", True),
        ("PASSWORD", "changeme", True),
        ("PASSWORD", "", False),
        ("PASSWORD", "$(OTHER)", False),
        ("PASSWORD", "/run/secrets/password", False),
        ("PASSWORD", "op://vault/item/password", False),
        ("PASSWORD", "[secret]", False),
        ("MAX_TOKENS", "4096", False),
        ("USE_TOKEN", "true", False),
        ("TOKEN", "abc", True),
    ],
)
def test_a_name_makes_its_value_a_secret_unless_it_stands_for_one(name: str, value: str, found: bool) -> None:  # noqa: FBT001 - a column
    assert (secret_in(value, name, is_variable=True) is not None) is found


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("imagePullSecret", "registry-credentials", False),
        ("apiKey", "some-object", False),
        ("clientSecret", _HEX * 2, True),
        ("clientSecret", "Hunter_2", True),
        ("password", "hunter", True),
    ],
)
def test_a_property_may_name_the_object_that_holds_it(name: str, value: str, found: bool) -> None:  # noqa: FBT001 - a column
    assert (secret_in(value, name) is not None) is found


@pytest.mark.parametrize(
    "text",
    [
        "password=hunter",
        "--password hunter",
        "--db-password=hunter",
        'PGPASSWORD="hunter" psql',
        "user: me\npassword: hunter\nhost: x",
        '{"user": "me", "password":"hunter"}',
        "url=x;Password=hunter;y=z",
        "api_key = abcdefgh1",
        "token: abcdefgh1",
        "curl --token abcdefgh1 https://example.com",
    ],
)
def test_assignments_in_text_are_found(text: str) -> None:
    assert assigned_secret(text)
    assert secret_in(text) == "one with its name"


@pytest.mark.parametrize(
    ("alphabet", "length", "least"),
    [
        (string.ascii_letters + string.digits, 20, 60),
        (string.ascii_letters + string.digits, 32, 90),
        (string.ascii_letters + string.digits + "-_", 43, 90),
        (string.ascii_letters + string.digits + "+/", 40, 90),
        (string.ascii_lowercase + string.digits, 32, 60),
    ],
)
def test_most_keys_drawn_by_a_machine_are_found(alphabet: str, length: int, least: int) -> None:
    """Miss the rate once in a million runs at most: the rates are 82, 96, 99, 98 and 82 in a hundred."""
    keys = ["".join(secrets.choice(alphabet) for _ in range(length)) for _ in range(300)]
    assert sum(has_random_key(key) for key in keys) >= 3 * least


def test_bare_der_is_told_from_certificates() -> None:
    key = base64.b64encode(b"\x30\x82\x01\x00\x02\x01\x00" + secrets.token_bytes(120)).decode()
    certificate = base64.b64encode(b"\x30\x82\x01\x00\x30\x82" + secrets.token_bytes(120)).decode()
    assert secret_in(key) == "a private key"
    assert secret_in(certificate) is None


@given(st.text(max_size=200), st.text(max_size=40))
def test_any_text_can_be_searched(text: str, name: str) -> None:
    secret_in(text, name)
    secret_in(text, name, is_variable=True)


def test_a_large_text_is_searched_once_over() -> None:
    assert secret_in("key: value # a line like others\n" * 20_000) is None
    assert secret_in("a" * 500_000) is None
    assert secret_in("a." * 250_000) is None
    assert secret_in("- " * 250_000) is None
