"""What can be done to a trail by who can write where it is kept: kinds of tampering, each drawn at random.

Each leaves the case file, the archive and the head as they are unless it is one of these that it changes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any

from shared.core.case import CaseFile
from shared.core.severity import Severity
from shared.core.snapshot import Reference
from shared.core.standing import Standing
from shared.core.trail import Entry, Head, genesis
from shared.core.verify import Flaw, verify
from tests.unit.histories import a_history
from tests.unit.trails import day_by_day, forged, rewritten


@dataclass(frozen=True)
class Kept:
    """All that is kept of one patient, as `verify` reads it."""

    patient_id: str
    entries: tuple[Entry, ...]
    head: Head | None
    facts: Mapping[Reference, str]
    standing: Standing

    @classmethod
    def of(cls, case: CaseFile) -> "Kept":
        return cls(case.patient_id, case.pending, case.head, case.history.digests, case.standing)

    def flaws(self) -> list[Flaw]:
        return verify(self.patient_id, self.entries, self.head, facts=self.facts, standing=self.standing)

    def place(self, random: Random) -> int:
        return random.randrange(len(self.entries))

    def with_entries(self, *entries: Entry) -> "Kept":
        return replace(self, entries=entries)


Tampering = Callable[[Kept, Random], Kept]


@cache
def cases(seed: int) -> list[CaseFile]:
    """A case file after each event of a random history that says something."""
    return [case for case in day_by_day(a_history(Random(seed))) if len(case.pending) > 2]


def kept(random: Random, histories: int) -> Kept:
    while not (some := cases(random.randrange(histories))):
        pass
    return Kept.of(random.choice(some))


def a_byte_changed(was: Kept, random: Random) -> Kept:
    place = was.place(random)
    body = bytearray(was.entries[place].body)
    body[random.randrange(len(body))] ^= random.randrange(1, 256)
    return _put(was, place, replace(was.entries[place], body=bytes(body)))


def a_hash_changed(was: Kept, random: Random) -> Kept:
    place = was.place(random)
    letters = list(was.entries[place].hash)
    at = random.randrange(len(letters))
    letters[at] = random.choice([letter for letter in "0123456789abcdef" if letter != letters[at]])
    return _put(was, place, replace(was.entries[place], hash="".join(letters)))


def an_entry_deleted(was: Kept, random: Random) -> Kept:
    place = was.place(random)
    return was.with_entries(*was.entries[:place], *was.entries[place + 1 :])


def several_deleted(was: Kept, random: Random) -> Kept:
    gone = set(random.sample(range(len(was.entries)), random.randint(2, len(was.entries))))
    return was.with_entries(*(entry for place, entry in enumerate(was.entries) if place not in gone))


def the_end_cut(was: Kept, random: Random) -> Kept:
    return was.with_entries(*was.entries[: was.place(random)])


def the_beginning_cut(was: Kept, random: Random) -> Kept:
    return was.with_entries(*was.entries[was.place(random) + 1 :])


def two_swapped(was: Kept, random: Random) -> Kept:
    one, other = random.sample(range(len(was.entries)), 2)
    entries = list(was.entries)
    entries[one], entries[other] = entries[other], entries[one]
    return was.with_entries(*entries)


def all_shuffled(was: Kept, random: Random) -> Kept:
    """Turned by some places at least, so that it is never the order it was."""
    turn = random.randrange(1, len(was.entries))
    return was.with_entries(*was.entries[turn:], *was.entries[:turn])


def an_entry_repeated(was: Kept, random: Random) -> Kept:
    place = was.place(random)
    return was.with_entries(*was.entries[:place], random.choice(was.entries), *was.entries[place:])


def an_edit_with_its_hash(was: Kept, random: Random) -> Kept:
    place = was.place(random)
    return _put(was, place, forged(was.entries[place], random.choice(_EDITS)))


def an_entry_slipped_in(was: Kept, random: Random) -> Kept:
    """Well made, and bound to the one before it."""
    place = was.place(random)
    head = was.entries[place - 1].head if place else genesis(was.patient_id)
    [new] = rewritten([random.choice(was.entries)], head)
    return was.with_entries(*was.entries[:place], forged(new, random.choice(_EDITS)), *was.entries[place:])


def a_deletion_with_the_rest_written_anew(was: Kept, random: Random) -> Kept:
    """Numbers and hashes fit again; the head does not."""
    place = was.place(random)
    head = was.entries[place - 1].head if place else genesis(was.patient_id)
    return was.with_entries(*was.entries[:place], *rewritten(was.entries[place + 1 :], head))


def an_edit_with_the_rest_written_anew(was: Kept, random: Random) -> Kept:
    place = was.place(random)
    head = was.entries[place - 1].head if place else genesis(was.patient_id)
    edited = forged(was.entries[place], random.choice(_EDITS))
    return was.with_entries(*was.entries[:place], *rewritten([edited, *was.entries[place + 1 :]], head))


def a_change_left_out_of_a_trail_written_anew(was: Kept, random: Random) -> Kept:
    """The head, too, is made to fit; the case file is not."""
    place = random.choice(
        [place for place, entry in enumerate(was.entries) if entry.step.findings + entry.step.periods]
    )
    silent = forged(was.entries[place], lambda said: said.update(findings=[], periods=[]))
    entries = rewritten([*was.entries[:place], silent, *was.entries[place + 1 :]], genesis(was.patient_id))
    return replace(was, entries=tuple(entries), head=entries[-1].head)


def the_head_changed(was: Kept, random: Random) -> Kept:
    seq, hashed = was.entries[-1].head
    other = random.choice(was.entries[:-1]).head
    return replace(
        was, head=random.choice((None, other, Head(seq + random.randint(1, 9), hashed), Head(seq, "0" * 64)))
    )


def taken_for_another_patients(was: Kept, random: Random) -> Kept:
    """All of it, the case file too: one patient's story as that of another."""
    other = f"P-{random.randint(2, 99)}"
    return replace(was, patient_id=other, standing=was.standing._replace(patient_id=other))


def a_fact_changed(was: Kept, random: Random) -> Kept:
    fact = _a_cause(was, random)
    return replace(was, facts={**was.facts, fact: f"{random.getrandbits(256):064x}"})


def a_fact_deleted(was: Kept, random: Random) -> Kept:
    fact = _a_cause(was, random)
    return replace(was, facts={key: digest for key, digest in was.facts.items() if key != fact})


def the_case_file_changed(was: Kept, random: Random) -> Kept:
    """A finding taken out or made milder, a session less counted, a finding's story shortened."""
    standing = was.standing
    milder = {
        key: replace(found, severity=Severity.WARNING if found.severity is Severity.INFO else Severity.INFO)
        for key, found in standing.findings.items()
    }
    life = {key: step._replace(revision=step.revision + 1) for key, step in standing.life.items()}
    periods = tuple(replace(period, sessions_counted=period.sessions_counted - 1) for period in standing.periods)
    others = [
        standing._replace(findings=milder),
        standing._replace(findings=dict(list(standing.findings.items())[1:])),
        standing._replace(life=life),
        standing._replace(periods=periods),
    ]
    return replace(was, standing=random.choice([other for other in others if other != standing]))


def _put(was: Kept, place: int, entry: Entry) -> Kept:
    return was.with_entries(*was.entries[:place], entry, *was.entries[place + 1 :])


def _a_cause(was: Kept, random: Random) -> Reference:
    cause = random.choice([entry.step.cause for entry in was.entries if entry.step.cause])
    return Reference(cause.kind, cause.id, cause.version)


def _milder(said: dict[str, Any]) -> None:
    for change in said["findings"]:
        change["gravest"] = "info" if change["gravest"] != "info" else "violation"
    said["as_of"] = "1999-01-01"


_EDITS: tuple[Callable[[dict[str, Any]], object], ...] = (
    lambda said: said.update(recorded_at="1999-01-01T00:00:00Z"),
    lambda said: said.update(policy="0" * 64),
    lambda said: said.update(cause={"kind": "visit", "id": "V-0", "version": 7, "digest": "0" * 64}),
    lambda said: said.update(findings=[], periods=[], as_of="1999-01-01"),
    _milder,
)

TAMPERINGS: tuple[Tampering, ...] = (
    a_byte_changed,
    a_hash_changed,
    an_entry_deleted,
    several_deleted,
    the_end_cut,
    the_beginning_cut,
    two_swapped,
    all_shuffled,
    an_entry_repeated,
    an_edit_with_its_hash,
    an_entry_slipped_in,
    a_deletion_with_the_rest_written_anew,
    an_edit_with_the_rest_written_anew,
    a_change_left_out_of_a_trail_written_anew,
    the_head_changed,
    taken_for_another_patients,
    a_fact_changed,
    a_fact_deleted,
    the_case_file_changed,
)
