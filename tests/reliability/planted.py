"""Faults planted in the code itself, each as a programmer might have written it: the suite must catch every one.

A variant replaces parts of our modules for the time of one test.
"""

import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from pytest import MonkeyPatch  # noqa: PT013 - the type alone

from functions import record_event, send_alert
from shared.aws import recording, table
from shared.aws.announcing import Announcer
from shared.aws.errors import CaseChanged
from shared.aws.quarantine import Message, Quarantine
from shared.aws.runtime import s3
from shared.aws.table import CaseTable
from shared.core.alerts import Alert
from shared.core.case import CaseFile
from shared.core.errors import Unreadable
from shared.core.events import Event
from shared.core.history import History, Outcome

Plant = Callable[[MonkeyPatch], None]


def case_written_unconditionally(patch: MonkeyPatch) -> None:
    patch.setattr(table, "still", lambda _: {})


def version_not_increased(patch: MonkeyPatch) -> None:
    save = CaseTable.save

    def saved(cases: CaseTable, case: CaseFile, read: int) -> None:
        def put_item(**asked: Any) -> Any:
            return cases.client.put_item(**asked | {"Item": asked["Item"] | {"version": {"N": "1"}}})

        client: Any = SimpleNamespace(put_item=put_item)
        save(cases._replace(client=client), case, read)

    patch.setattr(CaseTable, "save", saved)


def fact_after_the_case(patch: MonkeyPatch) -> None:
    keep = CaseTable.keep_fact

    def take_in(event: Event, event_id: str | None, cases: CaseTable, *rest: Any) -> Outcome:
        outcome = taken_in(event, event_id, cases, *rest)
        if outcome is not Outcome.DUPLICATE:
            keep(cases, event, event_id, rest[-1])
        return outcome

    taken_in = recording._take_in
    patch.setattr(CaseTable, "keep_fact", lambda *_: None)
    patch.setattr(recording, "_take_in", take_in)


def known_fact_taken_for_done(patch: MonkeyPatch) -> None:
    record = recording.record

    def recorded(event: Event, event_id: str | None, cases: CaseTable, *rest: Any) -> Outcome:
        facts = [arrival.event for arrival in cases.facts(event.patient_id)]
        return Outcome.DUPLICATE if event in facts else record(event, event_id, cases, *rest)

    patch.setattr(record_event, "record", recorded)


def acknowledged_before_quarantine(patch: MonkeyPatch) -> None:
    keep = Quarantine.keep
    later: list[tuple[Quarantine, Message, Unreadable]] = []

    def put_off(store: Quarantine, message: Message, problem: Unreadable) -> None:
        for waiting in later:
            keep(*waiting)
        later[:] = [(store, message, problem)]

    patch.setattr(Quarantine, "keep", put_off)


def quarantine_swallowed(patch: MonkeyPatch) -> None:
    keep = Quarantine.keep

    def try_to_keep(*entry: Any) -> None:
        with suppress(Exception):
            keep(*entry)

    patch.setattr(Quarantine, "keep", try_to_keep)


def _never_failed(handler: Callable[..., Any]) -> Callable[..., Any]:
    def handle(event: Any, context: Any) -> Any:
        handler(event, context)
        return {"batchItemFailures": []}

    return handle


def failed_message_reported_as_done(patch: MonkeyPatch) -> None:
    patch.setattr(record_event, "handler", _never_failed(record_event.handler))


def failed_change_reported_as_done(patch: MonkeyPatch) -> None:
    patch.setattr(send_alert, "handler", _never_failed(send_alert.handler))


def _remembered_in(client: Any) -> set[str]:
    """What a variant keeps for good, in the AWS of its run."""
    marks: set[str] = client._service.__dict__.setdefault("marks", set())
    return marks


def duplicates_known_by_message_id(patch: MonkeyPatch) -> None:
    receive = record_event.receive

    def once(message: Message) -> None:
        seen = _remembered_in(s3())
        if message.id not in seen:
            seen.add(message.id)
            receive(message)

    patch.setattr(record_event, "receive", once)


def conflict_ignored(patch: MonkeyPatch) -> None:
    keep, outcome_of = CaseTable.keep_fact, History.outcome_of

    def keep_or_leave(*fact: Any) -> None:
        with suppress(Unreadable):
            keep(*fact)

    def last_wins(history: History, event: Event) -> Outcome:
        outcome = outcome_of(history, event)
        return Outcome.RECORDED if outcome is Outcome.CONFLICT else outcome

    patch.setattr(CaseTable, "keep_fact", keep_or_leave)
    patch.setattr(History, "outcome_of", last_wins)


def last_arrival_wins(patch: MonkeyPatch) -> None:
    taking = History.taking

    def taken(history: History, event: Event) -> tuple[History, Outcome]:
        after, outcome = taking(history, event)
        if outcome is not Outcome.SUPERSEDED:
            return after, outcome
        key = (event.kind, event.record_id)
        before = history.latest[key]
        older = {**history.older, before.reference: before.digest()}
        return replace(history, latest={**history.latest, key: event}, older=older), Outcome.RECORDED

    patch.setattr(History, "taking", taken)


def lower_version_forgotten(patch: MonkeyPatch) -> None:
    taking = History.taking

    def taken(history: History, event: Event) -> tuple[History, Outcome]:
        after, outcome = taking(history, event)
        return (history if outcome is Outcome.SUPERSEDED else after), outcome

    patch.setattr(History, "taking", taken)


def lost_race_acknowledged(patch: MonkeyPatch) -> None:
    save = CaseTable.save

    def save_or_leave(*case: Any) -> None:
        with suppress(CaseChanged):
            save(*case)

    patch.setattr(CaseTable, "save", save_or_leave)


def alert_id_random(patch: MonkeyPatch) -> None:
    known: dict[int, tuple[str, Alert]] = {}  # with the alert, or another could get its place in memory
    patch.setattr(Alert, "alert_id", property(lambda one: known.setdefault(id(one), (uuid.uuid4().hex, one))[0]))


def alert_id_without_revision(patch: MonkeyPatch) -> None:
    patch.setattr(Alert, "alert_id", property(lambda alert: alert.finding.finding_id))


def refusals_of_the_bus_ignored(patch: MonkeyPatch) -> None:
    def tell(announcer: Announcer, alerts: list[Alert]) -> None:
        announcer.bus.put_events(Entries=[announcer._entry(alert) for alert in alerts])

    patch.setattr(Announcer, "_put", tell)


def marked_as_sent_before_it_is(patch: MonkeyPatch) -> None:
    tell = Announcer.tell_people

    def once(announcer: Announcer, alerts: Sequence[Alert]) -> None:
        sent = _remembered_in(announcer.bus)
        new = [alert for alert in alerts if alert.alert_id not in sent]
        sent.update(alert.alert_id for alert in new)
        tell(announcer, new)

    patch.setattr(Announcer, "tell_people", once)


PLANTED: tuple[Plant, ...] = (
    case_written_unconditionally,
    version_not_increased,
    fact_after_the_case,
    known_fact_taken_for_done,
    acknowledged_before_quarantine,
    quarantine_swallowed,
    failed_message_reported_as_done,
    failed_change_reported_as_done,
    duplicates_known_by_message_id,
    conflict_ignored,
    last_arrival_wins,
    lower_version_forgotten,
    lost_race_acknowledged,
    alert_id_random,
    alert_id_without_revision,
    refusals_of_the_bus_ignored,
    marked_as_sent_before_it_is,
)
