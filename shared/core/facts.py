"""The facts a finding rests on: of each record in its evidence the fields its rule reads, as the record has them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from shared.core.events import ClaimLine, ClaimSubmitted, Event, RemittanceLine, RemittanceReceived
from shared.core.findings import Subject
from shared.core.history import History
from shared.core.snapshot import Kind


@dataclass(frozen=True, slots=True)
class Fact:
    """One field of one record; `value` is None where it is not stated."""

    kind: Kind
    id: str
    version: int
    field: str
    value: Any


def facts_of(record: Event, reads: Iterable[str], subject: Subject, history: History) -> Iterator[Fact]:
    """`reads` are paths such as "visit.condition.onset_date". Lines that the subject has no part in are left out."""
    paths = [path.split(".")[1:] for path in reads if path.startswith(f"{record.kind}.")]
    body = {**record.model_dump(mode="json"), **_lines(record, subject, history)}
    found = dict(field for path in paths for field in _at(body, path, ""))
    for field, value in found.items():
        yield Fact(*record.reference, field, value)


def _at(value: Any, path: Sequence[str], reached: str) -> Iterator[tuple[str, Any]]:
    match value:
        case dict() if path:
            name = f"{reached}.{path[0]}" if reached else path[0]
            yield from _at(value.get(path[0]), path[1:], name)
        case Numbered() if path:
            for number, item in value.items:
                yield from _at(item, path, f"{reached}[{number}]")
        case list() if path:
            for number, item in enumerate(value):
                yield from _at(item, path, f"{reached}[{number}]")
        case _:
            yield reached, value


class Numbered(NamedTuple):
    """Entries of a list that keep their place in it though others are left out."""

    items: Sequence[tuple[int, Any]]


def _lines(record: Event, subject: Subject, history: History) -> Mapping[str, Any]:
    """The lines of a claim or remittance that matter, each in its place."""
    if not isinstance(record, ClaimSubmitted | RemittanceReceived):
        return {}
    claim = history.latest.get(("claim", record.claim_id))
    meant = _line_numbers(claim, subject) if isinstance(claim, ClaimSubmitted) else ()
    lines: Sequence[ClaimLine | RemittanceLine] = record.lines
    kept = [(place, line) for place, line in enumerate(lines) if not meant or line.line_number in meant]
    return {"lines": Numbered([(place, line.model_dump(mode="json")) for place, line in kept])}


def _line_numbers(claim: ClaimSubmitted, subject: Subject) -> Collection[int]:
    """The subject's line and those of its date; none of them: all lines are meant."""
    return [
        line.line_number
        for line in claim.lines
        if line.date_of_service == subject.date_of_service
        or (claim.claim_id, line.line_number) == (subject.claim_id, subject.line_number)
    ]
