"""Faults planted in the way out and in the sweep; see planted.py."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from pytest import MonkeyPatch  # noqa: PT013 - the type alone

from functions import send_alert
from functions import sweep as sweeping
from shared.aws import items, outbox, recording, taking_in
from shared.aws.announcing import Announcer
from shared.aws.arrivals import Arrivals, Checkpoint
from shared.aws.errors import CaseChanged
from shared.aws.items import Item, Stored
from shared.aws.table import CaseTable
from shared.aws.trail import TrailTable
from shared.core.alerts import Alert
from shared.core.trail import Entry

Plant = Callable[[MonkeyPatch], None]


def cleared_before_announced(patch: MonkeyPatch) -> None:
    send = outbox.send

    def clear_and_send(item: Item, trail: TrailTable, announcer: Announcer) -> Sequence[Alert]:
        trail.clear(item)
        return send(item, trail, announcer)

    patch.setattr(send_alert, "send", clear_and_send)
    patch.setattr(outbox, "send", clear_and_send)


def carried_before_announced(patch: MonkeyPatch) -> None:
    said = outbox._said

    def keep_and_say(entry: Entry, patient: str, carried: Mapping[str, str], trail: TrailTable, out: Announcer) -> Any:
        if items.trail_key(entry.head.seq) not in carried:
            trail.keep(patient, entry)
        return said(entry, patient, carried, trail, out)

    patch.setattr(outbox, "_said", keep_and_say)


def cleared_whoever_wrote_since(patch: MonkeyPatch) -> None:
    def clear(trail: TrailTable, item: Item) -> None:
        trail.table.client.put_item(TableName=trail.table.name, Item=items.cleared(item))

    patch.setattr(TrailTable, "clear", clear)


def never_cleared(patch: MonkeyPatch) -> None:
    patch.setattr(TrailTable, "clear", lambda *_: None)


def trail_overwritten(patch: MonkeyPatch) -> None:
    def keep(trail: TrailTable, patient_id: str, entry: Entry) -> None:
        trail.table.client.put_item(
            TableName=trail.table.name, Item={**items.trail_item(patient_id, entry), "event_id": {"S": "again"}}
        )
        trail.table.client.put_item(TableName=trail.table.name, Item=items.trail_item(patient_id, entry))

    patch.setattr(TrailTable, "keep", keep)


def known_entries_announced_again(patch: MonkeyPatch) -> None:
    patch.setattr(TrailTable, "carried", lambda *_: {})


def last_entry_alone_announced(patch: MonkeyPatch) -> None:
    pending = items.pending
    patch.setattr(outbox, "pending", lambda item: pending(item)[-1:])


def pending_dropped_by_the_next_writer(patch: MonkeyPatch) -> None:
    read = CaseTable.case

    def without(table: CaseTable, patient_id: str) -> Stored:
        found = read(table, patient_id)
        return found._replace(case=found.case.carried())

    patch.setattr(CaseTable, "case", without)


def pending_dropped_on_conflict(patch: MonkeyPatch) -> None:
    """Who comes second takes the entries for carried by who came first."""
    save, lost = CaseTable.save, set[str]()

    def saved(table: CaseTable, case: Any, read: int) -> None:
        try:
            save(table, replace(case, pending=case.pending[-1:]) if case.patient_id in lost else case, read)
        except CaseChanged:
            lost.add(case.patient_id)
            raise

    patch.setattr(CaseTable, "save", saved)


def sweep_skips_what_was_never_sent(patch: MonkeyPatch) -> None:
    patch.setattr(CaseTable, "unsent", lambda *_: iter(()))


def sweep_skips_what_was_never_taken_in(patch: MonkeyPatch) -> None:
    patch.setattr(Arrivals, "between", lambda *_: iter(()))


def failures_of_the_sweep_forgotten(patch: MonkeyPatch) -> None:
    move = Arrivals.move
    patch.setattr(Arrivals, "move", lambda known, reached: move(known, Checkpoint(reached.until)))


def checkpoint_moved_first(patch: MonkeyPatch) -> None:
    take_in = taking_in.take_in_untaken

    def moved_first(known: Arrivals, before: Any, *rest: Any) -> Any:
        begun = known.checkpoint(before)
        known.move(Checkpoint(before, begun.left))
        patch.setattr(Arrivals, "checkpoint", lambda *_: begun)
        patch.setattr(Arrivals, "move", lambda *_: None)
        try:
            return take_in(known, before, *rest)
        finally:
            patch.setattr(Arrivals, "checkpoint", checkpoint)
            patch.setattr(Arrivals, "move", move)

    checkpoint, move = Arrivals.checkpoint, Arrivals.move
    patch.setattr(sweeping, "take_in_untaken", moved_first)


def conflicts_of_the_sweep_swallowed(patch: MonkeyPatch) -> None:
    take_in = recording.take_in

    def once(*asked: Any) -> Any:
        with suppress(Exception):
            return take_in(*asked)
        return True

    patch.setattr(taking_in, "take_in", once)


PLANTED_OUT: tuple[Plant, ...] = (
    cleared_before_announced,
    carried_before_announced,
    cleared_whoever_wrote_since,
    never_cleared,
    trail_overwritten,
    known_entries_announced_again,
    last_entry_alone_announced,
    pending_dropped_by_the_next_writer,
    pending_dropped_on_conflict,
    sweep_skips_what_was_never_sent,
    sweep_skips_what_was_never_taken_in,
    failures_of_the_sweep_forgotten,
    checkpoint_moved_first,
    conflicts_of_the_sweep_swallowed,
)
