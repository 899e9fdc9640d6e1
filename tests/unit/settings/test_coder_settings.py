"""The settings of Coder, its entry, logins, database, templates and jobs: what each takes, and what must agree."""

from typing import Final

import pytest

from settings import Settings, SettingsError, load_settings

_REQUIRED: Final = {
    "kubeContext": "here",
    "nodeCidrs": '["10.0.0.0/16"]',
    "coderAccessUrl": "https://coder.example.com",
}
_ENTRY: Final = {
    "coderEntry": "gateway",
    "coderEntryClass": "example",
    "coderEntryNamespace": "gateway-system",
    "coderTlsSecret": "coder-tls",
}


def _load(values: dict[str, str], secret: tuple[str, ...] = ()) -> Settings:
    config = {f"spt-flow:{key}": value for key, value in {**_REQUIRED, **values}.items()}
    return load_settings("staging", config, [f"spt-flow:{key}" for key in secret])


def _sentence(values: dict[str, str], secret: tuple[str, ...] = ()) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        _load(values, secret)
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("coderChart", "ftp://example.com/chart", "a chart repository (https://), a chart in a registry (oci://) or "),
        ("coderChart", "oci://", "a chart repository (https://)"),
        ("coderChart", "https://[", "a chart repository (https://)"),
        ("coderChart", "", "a chart repository (https://)"),
        ("coderChartVersion", "latest", "a version of three numbers is expected, for example 2.36.3"),
        ("coderChartVersion", "2.36", "a version of three numbers is expected"),
        ("coderImage", "ghcr.io/coder/coder:v2.35.0", "the tag 2.36.3 or v2.36.3 is expected, the value of coderChart"),
        ("coderImage", f"ghcr.io/coder/coder@sha256:{'a' * 64}", "a tag is expected, too"),
        ("coderReplicas", "2", "more than 1 needs a Premium licence, and coderLicensed is false"),
        ("coderReplicas", "0", "a whole number from 1 to 100000 is expected"),
        ("coderReplicas", "1.5", "a whole number"),
        ("coderProvisioners", "\u0663", "a whole number"),
        ("coderAdminEmail", "admin", "an e-mail address is expected"),
        ("coderAdminUsername", "-a", "a user name of letters, digits and single hyphens"),
        ("coderExtraValues", "[]", "a JSON object is expected"),
        ("coderExtraValues", "{" * 50_000, "a JSON object is expected"),
        ("coderAccessUrl", "http://coder.coder.svc.cluster.local", "never one that only the cluster knows"),
        ("coderAccessUrl", "https://coder.coder.svc", "never one that only the cluster knows"),
        ("coderAccessUrl", "http://coder", "never one that only the cluster knows"),
        ("coderAccessUrl", "ftp://coder.example.com", "an http or https URL of a host alone"),
        ("coderAccessUrl", "coder.example.com", "an http or https URL of a host alone"),
        ("coderAccessUrl", "https://coder.example.com/path", "an http or https URL of a host alone"),
        ("coderAccessUrl", "https://me:canary@coder.example.com", "an http or https URL of a host alone"),
        ("coderAccessUrl", "https://coder.example.com:port", "an http or https URL of a host alone"),
        ("coderWildcardAccessUrl", "coder.example.com", "a host name that begins with *"),
        ("coderWildcardAccessUrl", "https://*.coder.example.com", "a host name that begins with *"),
        ("coderWildcardAccessUrl", "*.coder.example.com:8443", "a host name that begins with *"),
        ("coderWildcardAccessUrl", "*.coder.example.org", "a name below coder.example.com, the host of coderAccessUrl"),
        ("coderEntry", "loadbalancer", "'none', 'ingress' or 'gateway' is expected"),
        ("databaseDumpSchedule", "daily", "a cron schedule of five fields is expected"),
        ("databaseDumpSchedule", "60 2 * * *", "a cron schedule of five fields"),
        ("databaseDumpSchedule", "@daily", "a cron schedule of five fields"),
        ("databaseDumpSchedule", "0  2 * * *", "a cron schedule of five fields"),
        ("databaseDumpSchedule", "0 2 * * *\n", "a cron schedule of five fields"),
        ("databaseDumpSchedule", "0 2 * * * *", "a cron schedule of five fields"),
        ("databaseDumpSchedule", "*/0 2 * * *", "a cron schedule of five fields"),
        ("databaseDumpSchedule", "5-1 2 * * *", "a cron schedule of five fields"),
        ("databaseDumpSchedule", "0 2 * * 7", "a cron schedule of five fields"),
        ("reaperSchedule", "", "a cron schedule of five fields"),
        ("coderGithubAllowedOrgs", "example", "a JSON list of names is expected"),
        ("coderGithubAllowedOrgs", '["a b"]', "a JSON list of names is expected"),
        ("templateVariables", '{"spt-flow": 1}', "for each template an object of variables and their values"),
        ("workspaceHomeStorage", "200Gi", "at most 100Gi, the value of spt-flow:workspaceVolumeMax, is allowed"),
        ("databaseCpuRequest", "3", "at most 2, the value of spt-flow:databaseCpuLimit, is allowed"),
        ("coderMemoryLimit", "64Gi", "at most 32Gi, the value of spt-flow:coderQuotaMemory, is allowed"),
    ],
)
def test_each_value_says_what_it_allows(key: str, value: str, expected: str) -> None:
    error = _sentence({key: value})
    assert f"spt-flow:{key}" in error.message
    assert expected in error.message
    assert len(error.message) < 500


@pytest.mark.parametrize(
    "values",
    [
        {"coderChart": "oci://ghcr.io/coder/chart/coder"},
        {"coderChart": "lab/charts/coder"},
        {"coderWildcardAccessUrl": "*.coder.example.com"},
        {"coderWildcardAccessUrl": "*-apps.example.com"},
        {"coderReplicas": "2", "coderLicensed": "true"},
        {"coderChartVersion": "2.26.5", "coderImage": "registry.example.com/coder:2.26.5"},
        {"coderAccessUrl": "http://10.98.0.80"},
        {"coderAccessUrl": "http://10.98.0.80:8080"},
        {"databaseDumpSchedule": "0,30 */2 1-15 * 0"},
        {"templateModules": "false", "templateClaude": "none"},
        _ENTRY,
    ],
)
def test_what_is_taken(values: dict[str, str]) -> None:
    assert isinstance(_load(values), Settings)


@pytest.mark.parametrize("missing", ["coderEntryClass", "coderEntryNamespace", "coderTlsSecret"])
def test_an_entry_needs_its_class_its_namespace_and_with_https_a_certificate(missing: str) -> None:
    error = _sentence({key: value for key, value in _ENTRY.items() if key != missing})
    assert f"has no value for the setting spt-flow:{missing}." in error.message
    assert _load({**_ENTRY, "coderTlsSecret": "", "coderAccessUrl": "http://coder.example.com"})


def test_an_entry_has_no_port_of_its_own() -> None:
    error = _sentence({**_ENTRY, "coderAccessUrl": "https://coder.example.com:8443"})
    assert "a URL without a port is expected, since coderEntry is set" in error.message


@pytest.mark.parametrize("key", ["databaseUrl", "coderGithubClientSecret", "coderConnectToken"])
def test_secrets_in_clear_are_refused_and_not_repeated(key: str) -> None:
    error = _sentence({key: "canary-4b7d"})
    assert error.message.endswith(f"has the setting spt-flow:{key} in clear; it must be stored as a secret.")
    assert error.next_command == f"pulumi config set --stack staging --secret spt-flow:{key}"
    assert "canary-4b7d" not in str(error)


def test_secrets_are_not_shown_by_the_settings_themselves() -> None:
    values = {"databaseUrl": "postgres://coder:canary-4b7d@db.example.com/coder"}
    settings = _load(values, secret=("databaseUrl",))
    assert settings.database.database_url.get_secret_value() == values["databaseUrl"]
    assert "canary-4b7d" not in f"{settings!r}{settings.model_dump()}"


def test_an_invalid_secret_is_not_repeated() -> None:
    error = _sentence({"databaseUrl": "canary\n4b7d"}, secret=("databaseUrl",))
    assert "canary" not in str(error)


@pytest.mark.parametrize("key", ["coderGithubAuth", "coderGithubLogin"])
def test_github_needs_a_client(key: str) -> None:
    assert "spt-flow:coderGithubClientId" in _sentence({key: "true"}).message


def test_signing_in_with_github_needs_organisations() -> None:
    values = {"coderGithubLogin": "true", "coderGithubClientId": "Iv1.0"}
    assert "spt-flow:coderGithubAllowedOrgs" in _sentence(values).message
    assert _load({**values, "coderGithubAllowedOrgs": '["example"]'})


def test_a_connect_token_needs_a_host() -> None:
    error = _sentence({"coderConnectToken": "t"}, secret=("coderConnectToken",))
    assert "spt-flow:coderConnectHost" in error.message


def test_claude_code_needs_the_registry_of_modules() -> None:
    error = _sentence({"templateModules": "false"})
    assert "none is expected, since templateModules is false" in error.message
