"""What must hold of a world: after every step, and in the end. Written from the contract, not from the code it checks.

A message is conserved if it still waits, or its snapshot is both kept as a fact and taken into the case file, or it
lies in quarantine.
"""

import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import cast

from shared.aws.items import FACTS, PARTS
from shared.core.case import CaseFile
from shared.core.errors import Unreadable
from shared.core.events import Event, stored_event
from shared.core.intake import parse_event
from shared.core.policy import policies
from shared.core.snapshot import Kind
from tests.simulation.values import Item
from tests.simulation.world import RECORDED_AT, World

Taken = tuple[str, str, int, str]


class Broken(AssertionError):
    """A promise was not kept."""


@lru_cache(maxsize=4096)
def snapshot(body: str) -> Event | None:
    try:
        return parse_event(body.encode()).detail
    except Unreadable:
        return None


@lru_cache(maxsize=4096)
def taken_as(body: str) -> Taken | None:
    event = snapshot(body)
    return (event.kind, event.record_id, event.version, event.digest()) if event else None


@lru_cache(maxsize=4096)
def _case(patient_id: str, parts: tuple[bytes, ...]) -> CaseFile:
    return CaseFile.from_parts(patient_id, dict(zip(PARTS, parts, strict=True)))


def parts_of(item: Item) -> tuple[bytes, ...]:
    return tuple(item[part]["B"] for part in PARTS)


@lru_cache(maxsize=4096)
def held(patient_id: str, parts: tuple[bytes, ...]) -> frozenset[Taken]:
    older = _case(patient_id, parts).history.older
    return latest(patient_id, parts) | {(*reference, digest) for reference, digest in older.items()}


@lru_cache(maxsize=4096)
def latest(patient_id: str, parts: tuple[bytes, ...]) -> frozenset[Taken]:
    latest = _case(patient_id, parts).history.latest.values()
    return frozenset((event.kind, event.record_id, event.version, event.digest()) for event in latest)


class Ledger:
    """The books of one world. Broken items, put there to be poison, are left out."""

    def __init__(self, world: World) -> None:
        self.world = world

    def facts(self) -> set[Taken]:
        return {fact for patient_id in self._patients() for fact in self.facts_of(patient_id)}

    def facts_of(self, patient_id: str) -> set[Taken]:
        kept, key = self.world.held.table.items.items(), f"patient#{patient_id}"
        return {_fact(sort, item) for (pk, sort), item in kept if pk == key and sort.startswith(FACTS)}

    def _patients(self) -> set[str]:
        keys = {pk for pk, sort in self.world.held.table.items if sort.startswith(FACTS)}
        return {pk.removeprefix("patient#") for pk in keys}

    def cases(self) -> dict[str, Item]:
        items = self.world.held.table.items.items()
        found = {pk.removeprefix("patient#"): item for (pk, sort), item in items if sort == "case"}
        return {patient_id: item for patient_id, item in found.items() if "version" in item}

    def taken_in(self) -> set[Taken]:
        return {taken for patient, item in self.cases().items() for taken in held(patient, parts_of(item))}

    def standing(self) -> set[Taken]:
        return {taken for patient, item in self.cases().items() for taken in latest(patient, parts_of(item))}

    def check(self, _: World) -> None:
        """For a world to call after every step."""
        self.balance()

    def balance(self) -> Counter[str]:
        """Every message has one place; raises `Broken` for one that has none. Superseded: a higher version stands."""
        facts, taken_in = self.facts(), self.taken_in()
        if concluded := taken_in - facts:
            raise Broken(f"concluded from what is not kept: {_names(concluded)}")
        queue = self.world.queue
        places = Counter(waiting=len([id for id in (*queue.waiting, *queue.dead) if id not in queue.acknowledged]))
        first: set[Taken] = set()
        standing = self.standing()
        for id, body in queue.acknowledged.items():
            place = self._place(id, body, facts & taken_in, first)
            places["superseded" if place == "recorded" and taken_as(body) not in standing else place] += 1
        if places.total() != queue.sent:
            raise Broken(f"{queue.sent} were sent, {places} are there")
        return places

    def _place(self, id: str, body: str, settled: set[Taken], first: set[Taken]) -> str:
        taken = taken_as(body)
        if taken in settled:
            seen = taken in first
            first.add(taken)
            return "duplicate" if seen else "recorded"
        self._quarantined(id, body)
        return "quarantined"

    def _quarantined(self, id: str, body: str) -> None:
        name = self.world.queue.first[id]
        entries = [json.loads(entry) for key, entry in self._kept() if key.endswith(f"/{name}.json")]
        if not entries:
            raise Broken(f"message {id} was acknowledged and is nowhere")
        [entry] = entries
        if entry["sha256"] != hashlib.sha256(body.encode()).hexdigest() or entry["body"] != body:
            raise Broken(f"quarantine holds something else for {id}")
        if snapshot(body) is not None and not (entry["reason"] == "conflict" and self._rival(body)):
            raise Broken(f"{id} is good and lies in quarantine as {entry['reason']}")

    def _kept(self) -> Iterable[tuple[str, bytes]]:
        return self.world.held.bucket.objects.items()

    def _rival(self, body: str) -> bool:
        """Another body is kept under the same version."""
        taken = taken_as(body)
        return any(taken and fact[:3] == taken[:3] and fact[3] != taken[3] for fact in self.facts())

    def conclude(self) -> None:
        """What must hold once all has drained; of alerts see `AlertBook`."""
        self.balance()
        poison = {taken_as(body) for body in self.world.poison}  # a person has them in hand
        if lost := self.facts() - self.taken_in() - poison:
            raise Broken(f"kept and never taken in: {_names(lost)}")
        for patient_id in self.cases():
            self._as_in_sequence(patient_id)

    def _as_in_sequence(self, patient_id: str) -> None:
        """The same facts, one after the other and without any fault, give the same bytes."""
        kept = self.world.held.table.items
        facts = [it for (pk, sort), it in kept.items() if pk == f"patient#{patient_id}" and sort.startswith(FACTS)]
        archive = frozenset(map(_archived, facts))
        if self.conclusions()[patient_id] != _in_sequence(patient_id, archive, self.world.as_of):
            raise Broken("the case file is not what its facts give")

    def conclusions(self) -> dict[str, tuple[bytes, bytes]]:
        """What every order of the same facts must give, byte for byte."""
        return {patient: (item["records"]["B"], item["conclusions"]["B"]) for patient, item in self.cases().items()}

    def open(self) -> frozenset[str]:
        cases = [_case(patient, parts_of(item)) for patient, item in self.cases().items()]
        return frozenset(finding_id for case in cases for finding_id in case.standing.findings)


def _archived(item: Item) -> tuple[str, bytes, str]:
    return item["sk"]["S"].split("#")[1], item["body"]["B"], item.get("source", {"S": ""})["S"]


@lru_cache(maxsize=256)
def _in_sequence(patient_id: str, facts: frozenset[tuple[str, bytes, str]], as_of: date) -> tuple[bytes, bytes]:
    case = CaseFile.new(patient_id)
    for kind, body, source in sorted(facts):
        event = stored_event(cast("Kind", kind), zlib.decompress(body)).as_told_by(source or None)
        case, _ = case.taking(event, policies(), as_of, RECORDED_AT)
    parts = case.parts()
    return parts["records"], parts["conclusions"]


def _fact(sort: str, item: Item) -> Taken:
    _, kind, record_id, version = sort.split("#")
    return kind, record_id, int(version), item["digest"]["S"]


def _names(taken: Iterable[Taken]) -> list[str]:
    return sorted(f"{kind} {record_id} version {version}" for kind, record_id, version, _ in taken)
