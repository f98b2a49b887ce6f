"""`ncd-audit verify`: whether anyone edited, deleted, swapped or cut an entry of an audit trail."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

import typer

from local.arguments import AsJson, InTable, OnePatient, histories, one_of
from local.cannot_read import CannotRead
from local.kept import Damaged, Table, Trail
from local.printable import one_line
from local.reading import messages
from local.trail_file import TrailFile
from shared.core.snapshot import Reference
from shared.core.trail import Head
from shared.core.verify import Fault, verify

WHOLE, FLAWED = 0, 1
_RESTORE = "Take the entry from an earlier copy of the trail, and find out who could write here since."
_WORDS = {
    Fault.EDITED: ("is not what was written: its bytes do not give its hash", _RESTORE),
    Fault.UNREADABLE: ("has not the form of an entry, though its hash fits", "See whether a newer ncd-audit wrote it."),
    Fault.MISSING: ("is missing", _RESTORE),
    Fault.OUT_OF_ORDER: ("is repeated, or not in its place", _RESTORE),
    Fault.UNLINKED: ("does not follow from the one before: one of the two was replaced", _RESTORE),
    Fault.CUT: ("and what followed are missing: the head tells of later ones", _RESTORE),
    Fault.BEYOND_HEAD: ("and what follows are beyond the head", "Compare with an earlier copy: the head was set back."),
    Fault.NOT_THE_HEAD: ("is not the one that the head names", _RESTORE),
    Fault.WRITTEN_ANEW: ("is not the one that the earlier copy ends with: the trail was written anew", _RESTORE),
    Fault.FACT_MISSING: (
        "rests on a fact that is not on record",
        "Ask the sender for that version of the record again.",
    ),
    Fault.FACT_DIFFERS: (
        "rests on another body of its fact than is on record",
        "Compare the record with its sender's.",
    ),
    Fault.CONTRADICTS: ("says of something before it what was not so: entries were left out or made up", _RESTORE),
    Fault.STANDS_OTHERWISE: (
        "comes to other findings or periods than the case file holds",
        "Rebuild the case file from its facts, and find out who could write it.",
    ),
}
_DAMAGED = "has a fact, case file or entry whose bytes cannot be read"
_GONE = "has a trail in the earlier copy and none here"
_NOT_WHOLE = "is missing or does not fit the headings: a patient's trail was cut off, left out or put in"


class Said(NamedTuple):
    """A flaw in words: where it is, what is wrong there, and what to do."""

    place: str
    fault: str
    what: str
    remedy: str


@dataclass
class Found:
    """What was looked at, and what is wrong with it. `heads` are of an earlier copy: of those who are still to come."""

    heads: dict[str, Head]
    trails: int = 0
    entries: int = 0
    flaws: list[Said] = field(default_factory=list)

    def take(self, trail: Trail, facts: Mapping[Reference, str] | None) -> None:
        self.trails += 1
        self.entries += len(trail.entries)
        earlier = self.heads.pop(trail.patient_id, None)
        for flaw in verify(
            trail.patient_id, trail.entries, trail.head, facts=facts, standing=trail.standing, earlier=earlier
        ):
            place = f"patient {one_line(trail.patient_id)}, entry {flaw.seq}"
            self.flaws.append(Said(place, flaw.fault.value, *_WORDS[flaw.fault]))

    def damaged(self, patient_id: str) -> None:
        self.heads.pop(patient_id, None)
        self.flaws.append(Said(f"patient {one_line(patient_id)}", "damaged", _DAMAGED, _RESTORE))

    def done(self) -> None:
        """Nobody comes any more."""
        self.flaws += [Said(f"patient {one_line(gone)}", "gone", _GONE, _RESTORE) for gone in self.heads]


def verify_trails(  # noqa: PLR0913, PLR0917 - Typer makes options of them
    path: Annotated[
        str | None, typer.Argument(metavar="[TRAIL]", help="NDJSON as `trail` writes it; - is standard input.")
    ] = None,
    table: InTable = None,
    patient: OnePatient = None,
    events: Annotated[
        list[str] | None, typer.Option("--events", metavar="FILE", help="Compare a file's facts with these events.")
    ] = None,
    earlier: Annotated[
        str | None,
        typer.Option("--earlier", metavar="TRAIL", help="Hold it to a copy made before: a trail only grows."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Check every entry, link and head of an audit trail. In a table its facts and case files too. Status 1: a flaw."""
    one_of(path, table)
    found = Found({key: head for key, head in _heads(earlier) if patient in (None, key)})
    if table:
        _in_table(found, Table(table), patient)
    else:
        _in_file(found, path or "", patient, events)
    found.done()
    _print(found, as_json=as_json)
    return FLAWED if found.flaws else WHOLE


def _heads(earlier: str | None) -> Iterator[tuple[str, Head]]:
    for trail in _read(earlier).trails if earlier else ():
        if trail.head:
            yield trail.patient_id, trail.head


def _read(path: str) -> TrailFile:
    file = TrailFile.of(messages(path))
    if not file.trails:
        raise CannotRead(path, "holds no audit trail", "name a file that `ncd-audit trail` wrote")
    return file


def _in_file(found: Found, path: str, patient: str | None, events: list[str] | None) -> None:
    file = _read(path)
    facts = {key: history.digests for key, history in histories(events).items()} if events else None
    for trail in file.trails:
        if patient in (None, trail.patient_id):
            found.take(trail, None if facts is None else facts.get(trail.patient_id, {}))
    if not file.whole:
        found.flaws.append(Said("the end of the file", "not_whole", _NOT_WHOLE, _RESTORE))


def _in_table(found: Found, table: Table, patient: str | None) -> None:
    for patient_id in table.patients(patient):
        try:
            trail = table.trail(patient_id)
            found.take(trail, {fact.event.reference: fact.event.digest() for fact in trail.arrivals or ()})
        except Damaged:
            found.damaged(patient_id)


def _print(found: Found, *, as_json: bool) -> None:
    counts = {"trails": found.trails, "entries": found.entries, "flaws": len(found.flaws)}
    if as_json:
        print(json.dumps({**counts, "flaws": [flaw._asdict() for flaw in found.flaws]}, indent=2), flush=True)
        return
    for flaw in found.flaws:
        print(f"{flaw.place} {flaw.what}.\n  {flaw.remedy}")
    print(", ".join(f"{noun} {count}" for noun, count in counts.items()))
