"""Faults planted in the code are caught by the sweep and the interleavings; as it is, the same runs find nothing."""

from collections.abc import Callable, Iterator
from random import Random

import pytest

from tests.reliability.concurrency import at_once, random_shares
from tests.reliability.planted import PLANTED, Plant
from tests.reliability.planted_out import PLANTED_OUT
from tests.reliability.planted_told import PLANTED_TOLD
from tests.reliability.scenarios import scenarios
from tests.reliability.sweep import faultless, faults, remembered, sample, stand
from tests.sampled import one_in
from tests.simulation.faults import Kind, When

Proof = tuple[str, Callable[[], object]]
_EACH = 3
_INTERLEAVINGS = 20


def proofs() -> Iterator[Proof]:
    """Without a fault, with some faults, and side by side."""
    for scenario in scenarios():
        yield f"{scenario.name} without a fault", lambda s=scenario: faultless(s)  # type: ignore[misc]
    yield from _where_the_sweep_takes_in()  # few, and all that sees one of the faults
    for seed in range(_INTERLEAVINGS):
        random = Random(seed)
        yield f"interleaving {seed}", lambda r=random: at_once(random_shares(r), r.randrange)  # type: ignore[misc]
    for scenario, fault in sample(_EACH):
        yield (
            f"{scenario.name}, {fault}",
            lambda s=scenario, f=fault: stand(s, f, remembered(s)),  # type: ignore[misc]
        )


def _where_the_sweep_takes_in() -> Iterator[Proof]:
    """Every call of this scenario, refused once: a sample of all scenarios may hold none that the sweep makes there."""
    [dead] = [scenario for scenario in scenarios() if scenario.name == "dead for good"]
    for fault in faults(remembered(dead).calls):
        if (fault.kind, fault.when) == (Kind.THROTTLE, When.BEFORE):
            yield f"{dead.name}, {fault}", lambda f=fault: stand(dead, f, remembered(dead))  # type: ignore[misc]


def caught() -> str | None:
    """The first proof that fails, and how."""
    for name, proof in proofs():
        try:
            proof()
        except AssertionError as found:
            return f"{name}: {type(found).__name__}: {found}"
    return None


@pytest.mark.parametrize("plant", one_in(6, [*PLANTED, *PLANTED_OUT, *PLANTED_TOLD]), ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_caught(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    list(proofs())  # remembers what is expected of the code as it is
    plant(monkeypatch)

    how = caught()

    assert how
    print(how)  # noqa: T201
