"""`ncd-audit verify`: whether anyone edited, deleted, swapped or cut an entry of an audit trail."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, NamedTuple

import typer

from local.arguments import AsJson, histories
from local.printable import one_line
from local.reading import CannotRead, messages
from local.trail_file import Trail, TrailFile
from shared.core.snapshot import Reference
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
_NOT_WHOLE = "is missing or does not fit the headings: a patient's trail was cut off, left out or put in"


class Said(NamedTuple):
    """A flaw in words: where it is, what is wrong there, and what to do."""

    place: str
    fault: str
    what: str
    remedy: str


def verify_trails(
    path: Annotated[str, typer.Argument(metavar="TRAIL", help="NDJSON as `trail` writes it; - is standard input.")],
    events: Annotated[
        list[str] | None, typer.Option("--events", metavar="FILE", help="Compare the facts with these events too.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Check every entry, link and head of an audit trail. Status 1: it is not whole."""
    found = TrailFile.of(messages(path))
    if not found.sections:
        raise CannotRead(path, "holds no audit trail", "name a file that `ncd-audit trail` wrote")
    facts = {key: history.digests for key, history in histories(events).items()} if events else None
    flaws = list(flaws_of(found.trails, facts))
    if not found.whole:
        flaws.append(Said("the end of the file", "not_whole", _NOT_WHOLE, _RESTORE))
    _print(found.trails, flaws, as_json=as_json)
    return FLAWED if flaws else WHOLE


def flaws_of(trails: Iterable[Trail], facts: Mapping[str, Mapping[Reference, str]] | None) -> Iterator[Said]:
    for trail in trails:
        archive = None if facts is None else facts.get(trail.patient_id, {})
        for flaw in verify(trail.patient_id, trail.entries, trail.head, facts=archive):
            place = f"patient {one_line(trail.patient_id)}, entry {flaw.seq}"
            yield Said(place, flaw.fault.value, *_WORDS[flaw.fault])


def _print(trails: list[Trail], flaws: list[Said], *, as_json: bool) -> None:
    counts = {"trails": len(trails), "entries": sum(len(trail.entries) for trail in trails), "flaws": len(flaws)}
    if as_json:
        print(json.dumps({**counts, "flaws": [flaw._asdict() for flaw in flaws]}, indent=2), flush=True)
        return
    for flaw in flaws:
        print(f"{flaw.place} {flaw.what}.\n  {flaw.remedy}")
    print(", ".join(f"{noun} {count}" for noun, count in counts.items()))
