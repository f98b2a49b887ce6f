"""What a visit's diagnoses name: low back pain, and what could be the cause of it instead (NCD 30.3.3 B)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from shared.core.events import VisitRecorded
from shared.core.settings import Codes, Policy


class Named(NamedTuple):
    """Codes by what they say. Most visits name the pain and no other cause."""

    low_back: bool
    systemic: Codes
    cancer_history: Codes
    surgical: Codes
    spine_surgery: Codes
    of_pregnancy: Codes
    pregnant: Codes
    other_cause: bool


def named_of(days: Mapping[date, Sequence[VisitRecorded]], policy_on: Callable[[date], Policy]) -> dict[str, Named]:
    """What the diagnoses of each visit name, by its id, under the policy of its date."""
    known: dict[tuple[Codes, int], Named] = {}  # the same codes come with most visits
    named: dict[str, Named] = {}
    for day, visits in days.items():
        policy = policy_on(day)
        for visit in visits:
            key = diagnoses, _ = visit.diagnoses, id(policy)
            said = known.get(key)
            if said is None:
                said = known[key] = named_in(diagnoses, policy)
            named[visit.visit_id] = said
    return named


def named_in(diagnoses: Codes, policy: Policy) -> Named:
    causes = (
        tuple([code for code in diagnoses if in_any_range(code, policy.systemic_diagnoses.value)]),
        _beginning(policy.systemic_history.value, diagnoses),
        _beginning(policy.surgical_diagnoses.value, diagnoses),
        _beginning(policy.surgical_history.value, diagnoses),
        _beginning(policy.pregnancy_diagnoses.value, diagnoses),
        _beginning(policy.pregnancy_status.value, diagnoses),
    )
    return Named(bool(_beginning(policy.diagnosis_family.value, diagnoses)), *causes, any(causes))


def _beginning(prefixes: Codes, diagnoses: Codes) -> Codes:
    return tuple([code for code in diagnoses if code.startswith(prefixes)])


@lru_cache  # the same codes come with every visit
def in_any_range(code: str, ranges: Codes) -> bool:
    """Ranges of ICD-10-CM categories as the book writes them: "C00-C96" holds C79.51 and C7A.1; "M45" holds M45.6."""
    for span in ranges:
        first, _, last = span.partition("-")
        if first <= code[: len(first)] <= (last or first):
            return True
    return False
