"""How everything of a patient is stored, one partition per patient:

pk = patient#<patient id>
  sk = fact#<kind>#<record id>#<version, ten digits or more>
       a snapshot as it arrived, written once: body (deflated canonical JSON), digest, event_id, source (of
       its envelope), when it was recorded_at and as_of which date judged; and arrived, the day with a shard
  sk = case
       version (how many times it was concluded) and the parts records, conclusions, life (deflated JSON);
       head, the last entry of the trail; written whole, on the condition that its version is still the one that was
       read; due_on and clock (a shard), only while a day is ahead on which the clock alone may change the conclusions;
       pending (the entries not yet announced and carried to items of their own), unsent (a shard) and unsent_since,
       only while there are such entries
  sk = trail#<number, ten digits>
       an entry of the audit trail, written once, after its alerts were announced: body (deflated JSON) and its hash
  sk = later#<number, ten digits>
       of which findings of that entry people hear later (findings, JSON); tell (a shard) and tell_at as long as they
       wait, and then told, by which digest, and told_at

pk = digest, sk = open
  the digest that is being sent, or which was the last: shared/aws/digests.py

clock-index: clock, due_on -> the keys of the case files that are due.
unsent-index: unsent, unsent_since -> the keys of the case files with entries pending.
arrival-index: arrived, recorded_at -> the keys of the facts.
tell-index: tell, tell_at -> the keys of what people must still hear.
What lacks the two keys of an index is not in it.
"""

import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, cast

from shared.aws.keys import partition, patient_of
from shared.core.case import Arrival, CaseFile
from shared.core.events import Event, stored_event
from shared.core.snapshot import Kind
from shared.core.standing import Standing
from shared.core.stored import standing_from
from shared.core.trail import Entry, Head

Item = Mapping[str, Any]

PARTS = ("records", "conclusions", "life")
CLOCK_INDEX, UNSENT_INDEX, ARRIVAL_INDEX = "clock-index", "unsent-index", "arrival-index"
TELL_INDEX = "tell-index"
FACTS, TRAIL, LATER = "fact#", "trail#", "later#"
SHARDS = 8  # of an index: one key for all patients would be the hottest of the table
SHARDS_A_DAY = 2  # of the facts: each takes 1,000 writes a second, more than all recorders together make
_OUTBOX = ("pending", "unsent", "unsent_since")


class Stored(NamedTuple):
    """A case file as it was read: `writes` is how often it had been concluded, 0 where nothing is stored yet."""

    case: CaseFile
    writes: int


class Stands(NamedTuple):
    """What stands of a patient, without the records. `version` grows with every write; `announced`: nothing waits."""

    standing: Standing
    version: int
    announced: bool


def case_key(patient_id: str) -> dict[str, Any]:
    return {"pk": {"S": partition(patient_id)}, "sk": {"S": "case"}}


def fact_item(event: Event, event_id: str | None, as_of: date, recorded_at: datetime) -> dict[str, Any]:
    return {
        "pk": {"S": partition(event.patient_id)},
        "sk": {"S": f"{FACTS}{event.kind}#{event.record_id}#{event.version:010d}"},
        "body": {"B": zlib.compress(event.canonical())},
        "digest": {"S": event.digest()},
        "event_id": {"S": event_id or ""},
        "recorded_at": {"S": moment(recorded_at)},
        "arrived": {"S": arrived(recorded_at.date(), shard(event.patient_id, SHARDS_A_DAY))},
        "as_of": {"S": as_of.isoformat()},
    } | ({"source": {"S": event.told_by}} if event.told_by else {})


def arrival(item: Item) -> Arrival:
    as_of, recorded_at = date.fromisoformat(item["as_of"]["S"]), datetime.fromisoformat(item["recorded_at"]["S"])
    return Arrival(snapshot(item), as_of, recorded_at)


def snapshot(item: Item) -> Event:
    kind = cast("Kind", item["sk"]["S"].split("#")[1])
    event = stored_event(kind, zlib.decompress(item["body"]["B"]))
    return event.as_told_by(item["source"]["S"] if "source" in item else None)


def case_item(case: CaseFile, writes: int) -> dict[str, Any]:
    parts = case.parts()
    item = case_key(case.patient_id) | {"version": {"N": str(writes)}} | _clock(case) | _outbox(case, parts)
    if case.head:
        item["head"] = {"S": f"{case.head.seq:010d}#{case.head.hash}"}
    return item | {part: {"B": body} for part, body in parts.items()}


def stored(item: Item) -> Stored:
    parts = {part: item[part]["B"] for part in PARTS}
    patient_id = patient_of(item["pk"]["S"])
    return Stored(CaseFile.from_parts(patient_id, parts, _head(item), pending(item)), int(item["version"]["N"]))


def stands(item: Item) -> Stands:
    parts = {part: item[part]["B"] for part in PARTS}
    standing = standing_from(patient_of(item["pk"]["S"]), parts)
    announced = "pending" not in item
    return Stands(standing, 2 * int(item["version"]["N"]) + announced, announced)


def pending(item: Item) -> tuple[Entry, ...]:
    """The entries of the trail that a case file still carries itself, in order."""
    if "pending" not in item:
        return ()
    inflated = zlib.decompressobj(zdict=_said({part: item[part]["B"] for part in PARTS}))
    return tuple(map(Entry.from_line, inflated.decompress(item["pending"]["B"]).split(b"\n")))


def cleared(item: Item) -> dict[str, Any]:
    """The case file with its entries carried elsewhere, and else byte for byte what it was."""
    return {name: value for name, value in item.items() if name not in _OUTBOX}


def size(item: Item, *names: str) -> int:
    """The bytes of those attributes that are deflated, or of them all."""
    return sum(len(value["B"]) for name, value in item.items() if "B" in value and (not names or name in names))


def trail_item(patient_id: str, entry: Entry) -> dict[str, Any]:
    return {
        "pk": {"S": partition(patient_id)},
        "sk": {"S": trail_key(entry.head.seq)},
        "body": {"B": zlib.compress(entry.body)},
        "hash": {"S": entry.hash},
    }


def trail_key(number: int) -> str:
    return f"{TRAIL}{number:010d}"


def entry(item: Item) -> Entry:
    return Entry(zlib.decompress(item["body"]["B"]), item["hash"]["S"])


def shard(patient_id: str, of: int = SHARDS) -> str:
    return str(zlib.crc32(patient_id.encode()) % of)


def arrived(day: date, of: str) -> str:
    return f"{day.isoformat()}#{of}"


def moment(at: datetime) -> str:
    """Of equal length, so that text is ordered as time is."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _clock(case: CaseFile) -> dict[str, Any]:
    if (due := case.standing.due_on) is None:
        return {}
    return {"due_on": {"S": due.isoformat()}, "clock": {"S": shard(case.patient_id)}}


def _outbox(case: CaseFile, parts: Mapping[str, bytes]) -> dict[str, Any]:
    if not case.pending:
        return {}
    # What the entries say of findings that stand the other parts say too: with them for a dictionary it costs nothing.
    deflated = zlib.compressobj(level=zlib.Z_BEST_COMPRESSION, zdict=_said(parts))
    lines = b"\n".join(waiting.line for waiting in case.pending)
    return {
        "pending": {"B": deflated.compress(lines) + deflated.flush()},
        "unsent": {"S": shard(case.patient_id)},
        "unsent_since": {"S": moment(case.pending[0].step.recorded_at)},
    }


def _said(parts: Mapping[str, bytes]) -> bytes:
    return zlib.decompress(parts["life"]) + zlib.decompress(parts["conclusions"])


def _head(item: Item) -> Head | None:
    if "head" not in item:
        return None
    number, digest = item["head"]["S"].split("#")
    return Head(int(number), digest)
