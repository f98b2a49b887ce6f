"""Faults planted in the audit trail and in what verifies it, each as a programmer might have written it."""

import hashlib
import re
from collections.abc import Iterator

from pytest import MonkeyPatch  # noqa: PT013 - the type alone

from shared.core import case, known, trail, verify
from shared.core.changes import Plain
from shared.core.standing import Standing
from shared.core.trail import Entry, Head, Occasion, entry_of
from shared.core.verify import Fault, Flaw, _Chain
from tests.reliability.planted import Plant


def hash_omits_a_field(patch: MonkeyPatch) -> None:
    def hashed(text: bytes) -> str:
        return hashlib.sha256(re.sub(rb'"recorded_at":"[^"]*",', b"", text)).hexdigest()

    patch.setattr(trail, "_hashed", hashed)


def hash_taken_on_trust(patch: MonkeyPatch) -> None:
    patch.setattr(Entry, "untouched", True)


def genesis_of_all_patients_alike(patch: MonkeyPatch) -> None:
    patch.setattr(verify, "genesis", lambda _: Head(0, "0" * 64))
    patch.setattr(case, "genesis", lambda _: Head(0, "0" * 64))


def _without(patch: MonkeyPatch, *faults: Fault) -> None:
    """A check that was never written."""
    misplaced, end = _Chain._misplaced, _Chain._end

    def misplaced_or(chain: _Chain, said: Plain) -> Flaw | None:
        flaw = misplaced(chain, said)
        return flaw if flaw and flaw.fault not in faults else None

    def ended(chain: _Chain, head: Head) -> Iterator[Flaw]:
        return (flaw for flaw in end(chain, head) if flaw.fault not in faults)

    patch.setattr(_Chain, "_misplaced", misplaced_or)
    patch.setattr(_Chain, "_end", ended)


def link_not_checked(patch: MonkeyPatch) -> None:
    _without(patch, Fault.UNLINKED)


def order_not_checked(patch: MonkeyPatch) -> None:
    _without(patch, Fault.OUT_OF_ORDER)


def head_not_checked(patch: MonkeyPatch) -> None:
    _without(patch, Fault.CUT, Fault.BEYOND_HEAD, Fault.NOT_THE_HEAD)


def head_checked_by_number_alone(patch: MonkeyPatch) -> None:
    _without(patch, Fault.NOT_THE_HEAD)


def facts_not_compared(patch: MonkeyPatch) -> None:
    patch.setattr(verify, "_causes", lambda *_: ())


def missing_facts_excused(patch: MonkeyPatch) -> None:
    causes = verify._causes
    patch.setattr(verify, "_causes", lambda *asked: [f for f in causes(*asked) if f.fault is not Fault.FACT_MISSING])


def case_file_not_compared(patch: MonkeyPatch) -> None:
    told = verify._told
    patch.setattr(verify, "_told", lambda *asked: [f for f in told(*asked) if f.fault is not Fault.STANDS_OTHERWISE])


def before_not_compared(patch: MonkeyPatch) -> None:
    told = verify._told
    patch.setattr(verify, "_told", lambda *asked: [f for f in told(*asked) if f.fault is not Fault.CONTRADICTS])


def periods_alone_are_no_change(patch: MonkeyPatch) -> None:
    def of_findings(before: Standing, after: Standing, *rest: object) -> Entry | None:
        return None if before.life == after.life else entry_of(before, after, *rest)  # type: ignore[arg-type]

    patch.setattr(case, "entry_of", of_findings)


def withdrawn_findings_kept_by_the_fold(patch: MonkeyPatch) -> None:
    def replaced(standing: dict[str, Plain], key: str, change: Plain) -> bool:
        stood = standing.get(key)
        standing[key] = change["after"] or change["before"]
        return bool(stood == change["before"])

    patch.setattr(known, "_replaced", replaced)


def entry_bound_to_none_before_it(patch: MonkeyPatch) -> None:
    def following(before: Standing, after: Standing, occasion: Occasion, head: Head) -> Entry | None:
        return entry_of(before, after, occasion, Head(head.seq, "0" * 64))

    patch.setattr(case, "entry_of", following)


PLANTED_IN_TRAIL: tuple[Plant, ...] = (
    hash_omits_a_field,
    hash_taken_on_trust,
    genesis_of_all_patients_alike,
    link_not_checked,
    order_not_checked,
    head_not_checked,
    head_checked_by_number_alone,
    facts_not_compared,
    missing_facts_excused,
    case_file_not_compared,
    before_not_compared,
    periods_alone_are_no_change,
    withdrawn_findings_kept_by_the_fold,
    entry_bound_to_none_before_it,
)
