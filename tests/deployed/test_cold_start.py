"""Cold starts stay near what the libraries alone cost, and nothing is loaded that is not asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.deployed.cold_starts import Cost, Figures, Packed, measured, packed, settings_of
from tests.deployed.deployment import Deployment
from tests.deployed.expanded import BUILT, Template
from tests.deployed.first_calls import LOOKBACK, STARTS, settings_to_look_back
from tests.deployed.officer import DESK
from tests.deployed.packages import RUNTIME, RUNTIME_HERE
from tests.deployed.uses import FHIR, READ, RECORD, REPLAY
from tests.layers import layer_here

OF_LIBRARIES, OF_A_CLIENT = 1.2, 1.4  # wanted
BUSY = 1.25  # a machine that does something else as well adds to one figure more than to another
SOMEBODY_WAITS = (RECORD, FHIR, DESK)
READERS = ("shared.formats.fhir.reader", "shared.formats.x12", "shared.formats.hl7v2", "shared.formats.messages")


@pytest.fixture(scope="module")
def functions(audience: Deployment, template: Template) -> Mapping[str, Packed]:
    topic = audience.outputs["AlertTopicArn"]
    return {name: packed(template, name, settings_of(audience, name, topic)) for name in audience.functions}


@pytest.fixture(scope="module")
def every_function(system: Deployment, template: Template, functions: Mapping[str, Packed]) -> Mapping[str, Packed]:
    """Those of a look-back too, in the surroundings of another."""
    settings = {**functions[RECORD].settings, **settings_to_look_back(system)}
    return {**functions, **{name: packed(template, name, settings) for name in LOOKBACK}}


def test_a_function_for_which_somebody_waits_starts_soon(
    system: Deployment, functions: Mapping[str, Packed], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = list(
        measured(system, {handler: functions[handler] for handler in SOMEBODY_WAITS}, tmp_path, Packed.seconds, tries=5)
    )

    with capsys.disabled():
        print("", *figures, sep="\n")  # noqa: T201  # figures to report
    assert late(figures, BUSY) == []


def late(figures: Iterable[Figures], apart: float) -> list[str]:
    """Those that take more than is wanted."""
    libraries, client = OF_LIBRARIES * apart, OF_A_CLIENT * apart
    return [str(one) for one in figures if one.of_libraries > libraries or one.of_a_client >= client]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cost", "tries", "apart"), [(Packed.seconds, 9, BUSY), (Packed.instructions, 1, 1)], ids=["timed", "counted"]
)
@pytest.mark.parametrize("python", [RUNTIME, RUNTIME_HERE], ids=["as built", "on the Python of the tests"])
def test_every_function_starts_in_little_more_than_its_libraries_do(  # noqa: PLR0913, PLR0917 - what is around it
    system: Deployment,
    every_function: Mapping[str, Packed],
    python: Path,
    cost: Cost,
    tries: int,
    apart: float,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if python == RUNTIME_HERE:
        layer = layer_here(tmp_path_factory.mktemp("here"))
        every_function = {
            handler: replace(function, folder=layer, on_path=(layer,), python=(str(python),))
            for handler, function in every_function.items()
        }

    figures = []
    for figure in measured(system, every_function, tmp_path, cost, tries):
        figures.append(figure)
        with capsys.disabled():
            print(f"\n{figure}", end="")  # noqa: T201  # figures to report
    assert late(figures, apart) == []


def test_the_start_of_every_function_can_be_measured(every_function: Mapping[str, Packed], template: Template) -> None:
    handlers = {resource["Properties"].get("Handler") for resource in template["Resources"].values()} - {None}
    assert every_function.keys() == STARTS.keys() | LOOKBACK.keys() == handlers


@pytest.mark.parametrize(
    ("library", "wanted"),
    [
        ("shared.desk.app", {DESK}),
        ("shared.desk.listing", {DESK}),
        *((waits_for_its_request, set()) for waits_for_its_request in ("jinja2", "shared.desk.patients")),
    ],
)
def test_what_few_need_is_loaded_by_those_few(loaded: Mapping[str, list[str]], library: str, wanted: set[str]) -> None:
    assert {handler for handler, modules in loaded.items() if library in modules} == wanted


@pytest.mark.parametrize(
    ("library", "spared"),
    [
        ("pydantic", {REPLAY}),
        *((module, {READ, FHIR, REPLAY}) for module in ("shared.core.policy", "shared.core.visits")),
    ],
)
def test_who_records_nothing_is_spared_the_law(loaded: Mapping[str, list[str]], library: str, spared: set[str]) -> None:
    assert library in loaded[RECORD]
    assert {handler for handler in spared if library in loaded[handler]} == set()


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_waits_for_its_first_file(loaded: Mapping[str, list[str]], reader: str) -> None:
    assert find_spec(reader)
    assert {handler for handler, modules in loaded.items() if reader in modules} == set()


@pytest.fixture(scope="module")
def loaded(functions: Mapping[str, Packed]) -> dict[str, list[str]]:
    return {handler: function.loaded() for handler, function in functions.items()}


def test_every_module_is_packed_compiled() -> None:
    sources = {path for path in BUILT.rglob("*.py") if "__pycache__" not in path.parts}
    compiled = {path.parent.parent / f"{path.name.split('.')[0]}.py" for path in BUILT.rglob("*.cpython-313.pyc")}

    assert sources
    assert sources - compiled == set()
