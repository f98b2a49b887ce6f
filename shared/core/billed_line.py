"""A billed line as rules ask about it: with its claim, the policy of its date and the diagnoses it rests on."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from shared.core.events import ClaimLine, ClaimSubmitted
from shared.core.settings import Policy


@dataclass(frozen=True, slots=True, eq=False)
class BilledLine:
    """A line of an active claim, with the policy of its date. `covered`: its claim carries a covered diagnosis.

    `pointed`: the diagnoses it rests on, those it points to; every header diagnosis on an institutional claim.
    """

    claim: ClaimSubmitted
    line: ClaimLine
    on: date
    policy: Policy
    covered: bool
    pointed: tuple[str, ...]

    @property
    def original_medicare(self) -> bool:
        return self.claim.payer == self.policy.payer.value

    @property
    def attested(self) -> bool:
        return self.policy.kx_modifier.value in self.line.modifiers


def lines_of(claim: ClaimSubmitted, policy_on: Callable[[date], Policy]) -> Iterator[BilledLine]:
    """The lines of a claim, each under the policy of its date."""
    diagnoses, pointing = claim.diagnoses, claim.claim_type != "institutional"
    for line in claim.lines:
        on = line.date_of_service
        policy = policy_on(on)
        covered = not policy.covered_diagnoses.value.isdisjoint(diagnoses)
        pointed = tuple([diagnoses[pointer - 1] for pointer in line.diagnosis_pointers]) if pointing else diagnoses
        yield BilledLine(claim, line, on, policy, covered, pointed)


def by_date(lines: Iterable[BilledLine]) -> dict[date, list[BilledLine]]:
    days: defaultdict[date, list[BilledLine]] = defaultdict(list)
    for billed in lines:
        days[billed.on].append(billed)
    return dict(days)
