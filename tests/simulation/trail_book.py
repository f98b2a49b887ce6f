"""The audit trail of a world: no entry is missing at any moment, and in the end each has an item of its own."""

from functools import lru_cache
from typing import cast

from shared.aws.items import TRAIL, entry, pending, stored
from shared.core.snapshot import Kind, Reference
from shared.core.trail import Entry
from shared.core.verify import Flaw, verify
from tests.simulation.ledger import Broken, Ledger
from tests.simulation.values import Item
from tests.simulation.world import World


class TrailBook:
    """For every patient the entries that have items, and those that the case file still holds."""

    def __init__(self, world: World) -> None:
        self.world = world

    def check(self, _: World) -> None:
        """For a world to call after every step."""
        carried: dict[str, set[int]] = {}
        for pk, sort in self.world.held.table.items:
            if sort.startswith(TRAIL):
                carried.setdefault(pk, set()).add(int(sort.removeprefix(TRAIL)))
        for patient_id, item in Ledger(self.world).cases().items():
            there = carried.get(f"patient#{patient_id}", set()) | {number for number, _ in waiting(item)}
            if there != set(range(1, _head(item) + 1)):
                raise Broken(f"of {_head(item)} entries of a trail {len(there)} are there")

    def conclude(self) -> None:
        """What must hold once all has drained."""
        for patient_id, item in Ledger(self.world).cases().items():
            if waiting(item):
                raise Broken("entries still wait in the case file")
            if flaws := self._flaws(patient_id, item):
                raise Broken(f"the trail is not whole: {', '.join(flaw.fault for flaw in flaws)}")

    def _flaws(self, patient_id: str, item: Item) -> list[Flaw]:
        kept = sorted(self.world.held.table.items.items())
        entries = [entry(it) for (pk, sort), it in kept if pk == f"patient#{patient_id}" and sort.startswith(TRAIL)]
        facts = {
            Reference(cast("Kind", fact[0]), *fact[1:3]): fact[3] for fact in Ledger(self.world).facts_of(patient_id)
        }
        case = stored(item).case
        return verify(patient_id, entries, case.head, facts=facts, standing=case.standing)


def waiting(item: Item) -> tuple[tuple[int, str], ...]:
    """The number and the hash of every entry that the case file holds."""
    return _waiting(tuple(sorted((name, value["B"]) for name, value in item.items() if "B" in value)))


@lru_cache(maxsize=4096)
def _waiting(deflated: tuple[tuple[str, bytes], ...]) -> tuple[tuple[int, str], ...]:
    entries: tuple[Entry, ...] = pending({name: {"B": body} for name, body in deflated})
    return tuple((entry.head.seq, entry.hash) for entry in entries)


def _head(item: Item) -> int:
    return int(item["head"]["S"].split("#")[0]) if "head" in item else 0
