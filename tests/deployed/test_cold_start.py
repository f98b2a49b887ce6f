"""Cold starts stay near what the libraries alone cost, and nothing is loaded that is not asked for."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.deployed.cold_starts import STARTS, Packed, measured, packed
from tests.deployed.deployment import Deployment
from tests.deployed.expanded import BUILT, Template
from tests.deployed.officer import DESK
from tests.deployed.uses import FHIR, READ, RECORD

OF_LIBRARIES = 2.0  # 1.1 to 1.5 of them were seen, and more on a busy machine
SOMEBODY_WAITS = (RECORD, FHIR, DESK)
READERS = ("shared.formats.fhir.reader", "shared.formats.x12", "shared.formats.hl7v2")


@pytest.fixture(scope="module")
def functions(system: Deployment, template: Template) -> Mapping[str, Packed]:
    return {handler: packed(system, template, handler) for handler in system.functions}


@pytest.mark.parametrize(
    ("handlers", "tries"), [(SOMEBODY_WAITS, 2), pytest.param(tuple(STARTS), 3, marks=pytest.mark.slow)]
)
def test_a_function_starts_in_little_more_than_its_libraries_do(  # noqa: PLR0913, PLR0917 - what there is around it
    system: Deployment,
    functions: Mapping[str, Packed],
    handlers: tuple[str, ...],
    tries: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    figures = list(measured(system, {handler: functions[handler] for handler in handlers}, tmp_path, tries))

    with capsys.disabled():
        print("", *figures, sep="\n")  # noqa: T201  # figures to report
    assert [str(one) for one in figures if one.ours / one.idle > OF_LIBRARIES] == []


def test_the_start_of_every_function_can_be_measured(functions: Mapping[str, Packed]) -> None:
    assert functions.keys() == STARTS.keys()


@pytest.mark.parametrize(
    ("library", "wanted"),
    [
        ("shared.desk.app", {DESK}),
        ("shared.desk.listing", {DESK}),
        *((waits_for_its_request, set()) for waits_for_its_request in ("jinja2", "shared.desk.patients")),
        *((reader, {READ}) for reader in READERS),
    ],
)
def test_what_few_need_is_loaded_by_those_few(loaded: Mapping[str, list[str]], library: str, wanted: set[str]) -> None:
    assert {handler for handler, modules in loaded.items() if library in modules} == wanted


@pytest.fixture(scope="module")
def loaded(functions: Mapping[str, Packed]) -> dict[str, list[str]]:
    return {handler: function.loaded() for handler, function in functions.items()}


def test_every_module_is_packed_compiled() -> None:
    sources = {path for path in BUILT.rglob("*.py") if "__pycache__" not in path.parts}
    compiled = {path.parent.parent / f"{path.name.split('.')[0]}.py" for path in BUILT.rglob("*.cpython-313.pyc")}

    assert sources
    assert sources - compiled == set()
