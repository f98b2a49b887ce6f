"""Every write of the table is one that may be: told from what was there before, step by step and exactly.

A case file takes in one fact more, or is judged again because it was due, and its version grows by one; or it is
cleared of entries, and nothing else of it changes. It never drops an entry otherwise. Facts and the trail are put once.
What people hear later is put once and then, once, leaves the index; a digest is closed before the next is opened.
"""

from datetime import date

from shared.aws.items import LATER, PARTS, TRAIL
from tests.simulation.ledger import Broken, held, parts_of
from tests.simulation.table import Change
from tests.simulation.trail_book import waiting
from tests.simulation.values import Item
from tests.simulation.world import World


class Writes:
    """Goes along the changes of a world; for a world to check after every step."""

    def __init__(self, world: World) -> None:
        self._seen = len(world.held.table.changes)

    def check(self, world: World) -> None:
        changes = world.held.table.changes
        for change in changes[self._seen :]:
            _allowed(change, world.as_of)
        self._seen = len(changes)


def _allowed(change: Change, today: date) -> None:
    sort = change.key[1]
    if sort == "case":
        _case_file(change, today)
    elif sort == "open":
        _digest(change.old or {}, change.new)
    elif sort.startswith(LATER):
        _put_off(change)
    elif change.old is not None and sort != "checkpoint":
        raise Broken(f"{'an entry of the trail' if sort.startswith(TRAIL) else 'a fact'} was overwritten")


def _put_off(change: Change) -> None:
    if change.old is None:
        return
    if "tell" not in change.old or "tell" in change.new or not change.new.get("told"):
        raise Broken("what people hear later was told twice, or by nothing")


def _digest(old: Item, new: Item) -> None:
    if ("said" in old) == ("said" in new) or ("said" in old and old["id"] != new["id"]):
        raise Broken("a digest was written over another")


def _case_file(change: Change, today: date) -> None:
    old, new = change.old or {}, change.new
    grown = int(new["version"]["N"]) - (int(old["version"]["N"]) if old else 0)
    if grown == 0:
        _is_cleared(old, new)
        return
    before = held(_patient(change), parts_of(old)) if old else frozenset()
    now = held(_patient(change), parts_of(new))
    due = "due_on" in old and old["due_on"]["S"] <= today.isoformat()
    if grown != 1 or before - now or len(now - before) != (0 if due and now == before else 1):
        raise Broken(f"version {new['version']['N']} follows from {len(now - before)} facts more")
    if dropped := _waiting(old) - _waiting(new):
        raise Broken(f"{len(dropped)} entries left the case file with a new one")


def _is_cleared(old: Item, new: Item) -> None:
    if not _waiting(old) or _waiting(new):
        raise Broken("a case file was written and not counted")
    if {name: old.get(name) for name in (*PARTS, "head")} != {name: new.get(name) for name in (*PARTS, "head")}:
        raise Broken("a case file was cleared and changed")


def _waiting(item: Item) -> set[str]:
    return {digest for _, digest in waiting(item)}


def _patient(change: Change) -> str:
    return change.key[0].removeprefix("patient#")
