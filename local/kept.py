"""Audit trails with what they rest on: out of a stream of events retold, or out of the table of a deployed system."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import typer

from local.arguments import tell_refused
from local.cannot_read import CannotRead
from local.printable import one_line
from local.reading import messages
from local.retelling import retold
from shared.core.case import Arrival
from shared.core.errors import TrailUnreadable
from shared.core.policy import policies
from shared.core.standing import Standing
from shared.core.trail import Entry, Head

T = TypeVar("T")
_TABLE = "name a table of your region, with credentials that may read it (AWS_PROFILE, AWS_REGION)"


@dataclass(frozen=True)
class Trail:
    """One patient's trail as it is kept somewhere; with the facts and the conclusions, where they are kept too."""

    patient_id: str
    head: Head | None
    entries: Sequence[Entry]
    arrivals: Sequence[Arrival] | None = None
    standing: Standing | None = None


class Damaged(CannotRead):
    """Bytes of one patient that nobody can read any more."""

    def __init__(self, table: str, patient_id: str) -> None:
        what = f"what is stored of patient {one_line(patient_id)} cannot be read"
        super().__init__(f"table {table}", what, "restore these items as they were before")
        self.patient_id = patient_id


def of_events(files: Iterable[str], until: date, patient: str | None) -> list[Trail]:
    """What the deployed system would have kept of these events by the end of that day."""
    told = retold([message for path in files for message in messages(path)], until, policies())
    tell_refused(told.refused)
    if patient is not None and patient not in told.cases:
        raise _unknown(patient)
    return [
        Trail(key, case.head, case.pending, told.arrivals[key], case.standing)
        for key, case in sorted(told.cases.items())
        if patient in (None, key)
    ]


class Table:
    """The table of a deployed system, read with the credentials of whoever asks."""

    def __init__(self, name: str) -> None:
        from shared.aws.runtime import dynamodb
        from shared.aws.table import CaseTable
        from shared.aws.trail import TrailTable

        self.name = name
        self.trails = TrailTable(self._answer(lambda: CaseTable(dynamodb(), name)))

    def patients(self, patient: str | None) -> list[str]:
        """All, or that one without looking for it: to find everyone reads the whole table."""
        return self._answer(self.trails.patients) if patient is None else [patient]

    def trail(self, patient_id: str) -> Trail:
        """All of it, read now. `Damaged` if bytes of it cannot be read."""
        try:
            stored, entries = self._answer(lambda: self.trails.whole(patient_id))
            facts = self._answer(lambda: self.trails.table.facts(patient_id))
        except (zlib.error, ValueError, LookupError, TrailUnreadable):
            raise Damaged(self.name, patient_id) from None
        if not facts and not entries and not stored.writes:
            raise _unknown(patient_id)
        return Trail(patient_id, stored.case.head, entries, facts, stored.case.standing)

    def _answer(self, asked: Callable[[], T]) -> T:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return asked()
        except ClientError as error:
            raise CannotRead(f"table {self.name}", error.response["Error"]["Code"], _TABLE) from None
        except BotoCoreError as error:
            raise CannotRead(f"table {self.name}", type(error).__name__, _TABLE) from None


def of_table(name: str, patient: str | None) -> Iterator[Trail]:
    table = Table(name)
    return map(table.trail, table.patients(patient))


def _unknown(patient_id: str) -> typer.BadParameter:
    return typer.BadParameter(f"there is no record of patient {patient_id} here; leave --patient out to see all")
