"""The words that rules.md begins with: codes, dates, and what a line and a covered diagnosis are."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from shared.core.events import ClaimLine, ClaimSubmitted, VisitRecorded

Found = tuple[str, str, str]  # rule, severity, subject

NEEDLING = {"20560", "20561"}
INITIAL = {"97810", "97813"}
ADDONS = {"97811", "97814"}
ACUPUNCTURE = INITIAL | ADDONS
NCD = NEEDLING | ACUPUNCTURE
START = date(2020, 1, 21)
SUCCESSORS = date(2021, 10, 1)


def months_after(day: date, months: int) -> date:
    """The same day of the month, or its last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def next_period(first: date) -> date:
    return months_after(first.replace(day=1), 12)


def days(number: int) -> timedelta:
    return timedelta(days=number)


def of_family(code: str) -> bool:
    return code.startswith("M54.5")


def is_covered(code: str, on: date) -> bool:
    return code in ({"M54.5"} if on < SUCCESSORS else {"M54.50", "M54.51", "M54.59"})


@dataclass(frozen=True, eq=False)
class Line:
    """A line of an active claim."""

    claim: ClaimSubmitted
    line: ClaimLine

    @property
    def on(self) -> date:
        return self.line.date_of_service

    @property
    def code(self) -> str:
        return self.line.procedure_code

    @property
    def biller(self) -> tuple[date, str, str]:
        return self.on, self.line.rendering_npi, self.claim.claim_type

    @property
    def pointed(self) -> list[str]:
        """Institutional lines rest on any header diagnosis."""
        if self.claim.claim_type == "institutional":
            return list(self.claim.diagnoses)
        return [self.claim.diagnoses[number - 1] for number in self.line.diagnosis_pointers]

    @property
    def covered(self) -> bool:
        return any(is_covered(code, self.on) for code in self.claim.diagnoses)

    @property
    def counts(self) -> bool:
        """Whether frequency and KX rules speak of it."""
        return self.covered and self.claim.payer == "medicare_ffs"

    @property
    def subject(self) -> str:
        return f"line {self.on} {self.claim.claim_id}/{self.line.line_number}"

    def carries(self, *modifiers: str) -> bool:
        return not set(modifiers).isdisjoint(self.line.modifiers)


def subject(visit: VisitRecorded) -> str:
    return f"visit {visit.date_of_service} {visit.visit_id}"


def session(on: date) -> str:
    return f"session {on}"
