"""Who pays, from the Coverage: only by its type, since only people tell Part B from Part D by a payor's name."""

from collections import defaultdict
from collections.abc import Iterable

from shared.core.snapshot import Payer
from shared.formats.fhir.dates import latest_day
from shared.formats.fhir.elements import Concept, Period, Reference, Resource
from shared.formats.fhir.people import patient_id
from shared.formats.fhir.shelf import Entry, Shelf
from shared.formats.piecework import Incomplete, Unfit

_FILING_INDICATOR = ("https://x12.org/codes/claim-filing-indicator-codes",)
_TYPOLOGY = ("https://nahdo.org/sopt", "urn:oid:2.16.840.1.113883.3.221.5")
_BY_INDICATOR: dict[str, Payer] = {"MA": "medicare_ffs", "MB": "medicare_ffs", "16": "medicare_advantage"}
# Source of Payment Typology by the head of the code: 11 managed, 12 not managed Medicare, 122 its drug benefit.
_BY_TYPOLOGY: dict[str, Payer] = {"122": "other", "11": "medicare_advantage", "12": "medicare_ffs"}
_OTHER_PAYERS = frozenset("2345678")  # plain 1 is Medicare and leaves open which; 9 is miscellaneous and unknown
_NOT_TOLD = "who pays is not told: a Coverage with its type coded (Source of Payment Typology) would supply it"


class Coverage(Resource):
    status: str | None = None
    type: Concept = Concept()
    beneficiary: Reference | None = None
    period: Period = Period()
    order: int | None = None

    def in_force(self, day: str) -> bool:
        end = latest_day(self.period.end) if self.period.end else None
        started = (self.period.start or "")[:10] <= day
        return self.status in (None, "active") and started and (end is None or day <= end.isoformat())


class Coverages:
    """Those of a shelf, by patient."""

    def __init__(self, shelf: Shelf) -> None:
        self._of: defaultdict[str, list[Coverage]] = defaultdict(list)
        for entry in shelf.of_kind("Coverage"):
            try:
                coverage = entry.read(Coverage)
                self._of[patient_id(shelf, coverage.beneficiary, entry, "beneficiary")].append(coverage)
            except Unfit:
                continue  # said of the Coverage itself, where it stands

    def payer_on(self, patient: str, day: str) -> Payer | None:
        """By the patient's coverages in force that day, the primary one of them; None: not told."""
        held = [coverage for coverage in self._of[patient] if coverage.in_force(day)]
        first = min((coverage.order or 1 for coverage in held), default=1)
        return _only_kind(coverage for coverage in held if (coverage.order or 1) == first)


def payer_named(shelf: Shelf, references: Iterable[Reference | None], within: Entry) -> Payer:
    """By the coverages that a claim names as its own."""
    named = (shelf.find(reference, within) for reference in references)
    payer = _only_kind(entry.read(Coverage) for entry in named if entry)
    if payer is None:
        raise Incomplete(_NOT_TOLD)
    return payer


def _only_kind(coverages: Iterable[Coverage]) -> Payer | None:
    kinds = {kind for coverage in coverages if (kind := _kind(coverage.type))}
    return kinds.pop() if len(kinds) == 1 else None


def _kind(stated: Concept) -> Payer | None:
    indicated = (_BY_INDICATOR.get(code, "other") for code in stated.codes(*_FILING_INDICATOR))
    return next(indicated, None) or next(map(_by_typology, stated.codes(*_TYPOLOGY)), None)


def _by_typology(code: str) -> Payer | None:
    known = (kind for head, kind in _BY_TYPOLOGY.items() if code.startswith(head))
    return next(known, "other" if code[0] in _OTHER_PAYERS else None)
