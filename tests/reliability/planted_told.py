"""Faults planted in what people hear later; see planted.py."""

from collections.abc import Callable, Sequence
from typing import Any

from pytest import MonkeyPatch  # noqa: PT013 - the type alone

from shared.aws import digests, mailing
from shared.aws.digests import Digests, Settled
from shared.aws.later import LaterTable
from shared.aws.trail import TrailTable
from shared.core import digest
from shared.core.digest import Due, News
from shared.core.telling import Manner, SortedOut

Plant = Callable[[MonkeyPatch], None]


def put_off_after_it_is_carried(patch: MonkeyPatch) -> None:
    put_off, keep = LaterTable.put_off, TrailTable.keep
    later: list[tuple[Any, ...]] = []

    def carry(*asked: Any) -> None:
        keep(*asked)
        while later:
            put_off(*later.pop())

    patch.setattr(LaterTable, "put_off", lambda *asked: later.append(asked))
    patch.setattr(TrailTable, "keep", carry)


def never_put_off(patch: MonkeyPatch) -> None:
    patch.setattr(LaterTable, "put_off", lambda *_: None)


def put_off_and_told_at_once(patch: MonkeyPatch) -> None:
    sort_out = Manner.sort_out

    def sorted_out(*asked: Any) -> SortedOut:
        heard = sort_out(*asked)
        return heard._replace(at_once=(*heard.at_once, *heard.later))

    patch.setattr(Manner, "sort_out", sorted_out)


def marked_before_it_is_written_down(patch: MonkeyPatch) -> None:
    send = Digests.send

    def mark_and_send(known: Digests, settled: Sequence[Settled]) -> bool:
        known._mark({one.episode.patient_id: one.numbers for one in settled}, "early")
        return send(known, settled)

    patch.setattr(Digests, "send", mark_and_send)


def nothing_to_say_not_written_down(patch: MonkeyPatch) -> None:
    send = Digests.send

    def sent(known: Digests, settled: Sequence[Settled]) -> bool:
        changes = {one.episode.patient_id: one.numbers for one in settled}
        if any(one.episode.news for one in settled):
            return send(known, settled)
        known._mark(changes, "nothing")
        return False

    patch.setattr(Digests, "send", sent)


def closed_before_it_is_sent(patch: MonkeyPatch) -> None:
    mail, close = mailing.mail, Digests._close
    waiting: list[tuple[Any, ...]] = []

    def closed(known: Digests, name: str) -> None:
        close(known, name)
        mail(*waiting.pop())

    patch.setattr(digests, "mail", lambda *asked: waiting.append(asked))
    patch.setattr(Digests, "_close", closed)


def never_finished_by_the_next(patch: MonkeyPatch) -> None:
    finish, send = Digests.finish, Digests.send

    def sent(known: Digests, settled: Sequence[Settled]) -> bool:
        patch.setattr(Digests, "finish", finish)
        try:
            return send(known, settled)
        finally:
            patch.setattr(Digests, "finish", lambda _: False)

    patch.setattr(Digests, "finish", lambda _: False)
    patch.setattr(Digests, "send", sent)


def written_over_the_open_one(patch: MonkeyPatch) -> None:
    finish = Digests.finish
    patch.setattr(Digests, "finish", lambda known: _send_what_is_open(known, finish))


def _send_what_is_open(known: Digests, finish: Callable[[Digests], bool]) -> bool:
    sent = finish(known)
    known.table.client.put_item(TableName=known.table.name, Item=digests.OPEN | {"said": {"B": b""}})
    return sent


def told_of_what_came_and_went(patch: MonkeyPatch) -> None:
    patch.setattr(digest, "_news", lambda steps: News(steps[-1].alert, steps[-1].alert.step))


def ends_never_told(patch: MonkeyPatch) -> None:
    news = digest._news

    def open_ones(steps: Sequence[Due]) -> News | None:
        told = news(steps)
        return None if told is None or told.step == "withdrawn" else told

    patch.setattr(digest, "_news", open_ones)


PLANTED_TOLD: tuple[Plant, ...] = (
    put_off_after_it_is_carried,
    never_put_off,
    put_off_and_told_at_once,
    marked_before_it_is_written_down,
    nothing_to_say_not_written_down,
    closed_before_it_is_sent,
    never_finished_by_the_next,
    written_over_the_open_one,
    told_of_what_came_and_went,
    ends_never_told,
)
