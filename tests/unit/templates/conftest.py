"""Templates put together and initialised once for each test run."""

from collections.abc import Callable

import pytest

from core.errors import SptFlowError
from tests.support.rendered_template import Template, terraform_settings

Initialised = Callable[[str], Template]


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Initialised:
    """Return a function from a template's name to the template, ready to render."""
    try:
        settings = terraform_settings()
    except SptFlowError as missing:
        pytest.skip(f"needs Terraform and its providers, which `make test` builds: {missing}")
    ready: dict[str, Template] = {}

    def template(name: str) -> Template:
        if name not in ready:
            ready[name] = Template.initialised(name, tmp_path_factory.mktemp(name), settings)
        return ready[name]

    return template
