"""The template keeps what the checks ask, and each check sees the fault it is there for."""

from collections.abc import Callable, Iterator

import pytest

from tests.template import access, apis, counting, delivering, doors, keeping, watching
from tests.template.faults import access as of_access
from tests.template.faults import apis as of_apis
from tests.template.faults import counting as of_counting
from tests.template.faults import delivering as of_delivering
from tests.template.faults import doors as of_doors
from tests.template.faults import keeping as of_keeping
from tests.template.faults import watching as of_watching
from tests.template.faults.fault import Fault
from tests.template.resources import Expanded, of_text, ours

Check = Callable[[Expanded], Iterator[str]]
MODULES = (access, apis, doors, keeping, delivering, watching, counting)
CHECKS: tuple[Check, ...] = tuple(check for module in MODULES for check in module.CHECKS)
PLANTED = (of_access, of_apis, of_doors, of_keeping, of_delivering, of_watching, of_counting)
FAULTS: tuple[Fault, ...] = tuple(fault for module in PLANTED for fault in module.FAULTS)


def named(check: Check) -> str:
    return check.__name__


@pytest.mark.parametrize("check", CHECKS, ids=named)
def test_the_template_holds(check: Check) -> None:
    assert list(check(ours())) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_a_planted_fault_is_seen(fault: Fault) -> None:
    stack = of_text(fault.planted())

    assert list(fault.check(stack)), f"{fault.check.__name__} does not see it"


def test_every_check_sees_a_fault() -> None:
    assert {named(fault.check) for fault in FAULTS} == set(map(named, CHECKS))
