"""The clock of an overpayment (42 CFR 401.305): when it must be reported and returned once a person identified it.

Nothing here decides that an overpayment is identified. Without a person's word there is no date.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from shared.core.findings import AtStake
from shared.core.policy import Policies
from shared.core.review import Action


@dataclass(frozen=True)
class Repayment:
    """`amount` only where a remittance says what was paid; `suspended_until`: the latest an investigation gives."""

    identified_on: date
    due_on: date
    investigation_from: date | None
    concluded_on: date | None
    suspended_until: date | None
    amount: AtStake | None


def repayment(actions: Iterable[Action], at_stake: AtStake | None, law: Policies) -> Repayment | None:
    """The clock that the actions set, or None as long as nobody identified an overpayment. The latest word counts."""
    said = {action.kind: action.on for action in actions if action.on is not None}
    identified = said.get("identify")
    if identified is None:
        return None
    policy = law.on(identified)
    due = identified + timedelta(days=policy.repayment_days.value)
    began, ended, latest = said.get("investigate"), said.get("conclude"), None
    if began is not None and began <= due:
        latest = identified + timedelta(days=policy.investigation_days.value)
        due = max(due, min(ended or latest, latest))
    paid = at_stake if at_stake and at_stake.known_from == "remittance" else None
    return Repayment(identified, due, began, ended, latest, paid)
