"""What settings of Coder must hold together: version and image, replicas and licence, pairs of secrets."""

__all__ = ["check_coder", "check_login", "check_templates"]

import re
from typing import Final

from core.config_reader import ConfigReader
from settings.coder import CoderLoginSettings, CoderSettings
from settings.secret_source import SecretSourceSettings
from settings.templates import TemplateSettings

_VERSION: Final = re.compile(r"\d{1,4}\.\d{1,4}\.\d{1,4}(?:-[0-9A-Za-z.-]+)?", re.ASCII)


def check_coder(reader: ConfigReader, coder: CoderSettings) -> None:
    """Raise SettingsError for a version that is none, an image of another version, or replicas without a licence."""
    if _VERSION.fullmatch(coder.coder_chart_version) is None:
        raise reader.refusal(coder, "coder_chart_version", "a version of three numbers is expected, for example 2.36.3")
    tag = coder.coder_image.tag
    if tag is not None and tag.removeprefix("v") != coder.coder_chart_version:
        expected = coder.coder_chart_version
        raise reader.refusal(
            coder, "coder_image", f"the tag {expected} or v{expected} is expected, the value of coderChartVersion"
        )
    if tag is None:
        raise reader.refusal(coder, "coder_image", "a tag is expected, too, since the chart puts it into the image")
    if coder.coder_replicas > 1 and not coder.coder_licensed:
        raise reader.refusal(
            coder, "coder_replicas", "more than 1 needs a Premium licence, and coderLicensed is false", "1"
        )


def check_login(reader: ConfigReader, login: CoderLoginSettings, source: SecretSourceSettings) -> None:
    """Raise SettingsError for half of a pair. What the engine alone can open may be missing in an early check."""
    if (login.coder_github_auth or login.coder_github_login) and not source.comes_from_item("coderGithubClientId"):
        reader.require(login, "coder_github_client_id")
    if login.coder_github_login:
        reader.require(login, "coder_github_allowed_orgs")
    has_token = login.coder_connect_token.get_secret_value() or source.comes_from_item("coderConnectToken")
    if has_token and not source.connect_install:
        reader.require(login, "coder_connect_host")


def check_templates(reader: ConfigReader, templates: TemplateSettings) -> None:
    """Raise SettingsError for a choice that needs Coder's module registry without it, or variables of a wrong shape."""
    if templates.template_claude != "none" and not templates.template_modules:
        raise reader.refusal(
            templates,
            "template_claude",
            "none is expected, since templateModules is false: it is such a module",
            "none",
        )
    for variables in templates.template_variables.values():
        if not isinstance(variables, dict):
            raise reader.refusal(
                templates, "template_variables", "for each template an object of variables and their values is expected"
            )
