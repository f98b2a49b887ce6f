"""One emulator and one stack for all; a test has patients of its own."""

from collections.abc import Iterator

import pytest

from tests.deployed.deployment import Deployment, deployed
from tests.deployed.emulator import Emulator, running
from tests.deployed.expanded import Template, built_template, expanded


@pytest.fixture(scope="session")
def template() -> Template:
    return expanded(built_template())


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("emulator")) as made:
        yield made


@pytest.fixture(scope="session")
def system(emulator: Emulator, template: Template) -> Deployment:
    return deployed(emulator, template, "audited")
