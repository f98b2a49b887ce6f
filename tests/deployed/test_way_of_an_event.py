"""The whole way of an event through the system as deployed: the bus, the queue, the table, its stream, the topic."""

import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.aws.items import TRAIL
from shared.core.errors import Reason
from shared.core.severity import Severity
from tests.builders import FIRST_DAY, a_course, a_visit
from tests.deployed.deployment import Deployment, eventually
from tests.deployed.operating import as_of, scheduled, source_stopped, verified
from tests.deployed.undone import leave_undone

REPLAY = "functions.replay_quarantine.handler"
CLOCK, SWEEP, ANNOUNCE = "functions.turn_clock.handler", "functions.sweep.handler", "functions.send_alert.handler"
A_TICK = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}


def test_an_alert_arrives_and_the_table_holds_the_case_file(system: Deployment) -> None:
    system.put(*a_course(13, patient_id="P-13", kx_from=None))

    alert = system.heard("KX_MISSING", "P-13")
    case = system.table.case("P-13").case
    [finding] = [finding for finding in case.standing.findings.values() if finding.rule == "KX_MISSING"]
    assert alert["severity"] == finding.severity == Severity.VIOLATION
    assert alert["finding_id"] == finding.finding_id
    assert len(eventually(lambda: _all_facts(system, "P-13", 26), "every fact")) == 26


def _all_facts(system: Deployment, patient_id: str, count: int) -> list[Any] | None:
    facts = list(system.table.facts(patient_id))
    return facts if len(facts) >= count else None


def test_what_comes_twice_counts_once_and_is_told_once(system: Deployment) -> None:
    unbilled = a_visit(1, patient_id="P-2")
    system.put(unbilled)
    system.heard("VISIT_WITHOUT_CLAIM", "P-2")
    system.put(unbilled, unbilled)
    system.settle()
    system.put(a_visit(2, patient_id="P-2", on=FIRST_DAY + timedelta(days=7)))  # its alert comes after all others
    eventually(lambda: len(system.told("VISIT_WITHOUT_CLAIM", "P-2")) > 1, "the alert of the second visit")

    assert system.table.case("P-2").writes == len(system.table.facts("P-2")) == 2
    assert len(system.told("VISIT_WITHOUT_CLAIM", "P-2")) == 2


def test_what_cannot_be_read_lies_in_quarantine_and_is_refused_again_when_replayed(system: Deployment) -> None:
    system.put(a_visit(1, patient_id="P-3", status="no such status"))

    entry = eventually(lambda: _quarantined(system, "P-3"), "the entry in quarantine")
    assert entry.reason == Reason.NOT_IN_LIST
    assert system.table.case("P-3").writes == 0

    done = system.invoke(system.functions[REPLAY], {"keys": [entry.key]})
    assert done["sent"] == [entry.key]
    assert eventually(lambda: system.quarantine.replayed(entry.key), "what became of the replay") == Reason.NOT_IN_LIST


def _quarantined(system: Deployment, patient_id: str) -> Any:
    return next((entry for entry in system.quarantined() if patient_id.encode() in entry.message.body), None)


def test_the_scheduled_clock_tells_of_a_visit_that_nobody_billed(system: Deployment) -> None:
    today = datetime.now(UTC).date()
    system.put(a_visit(1, patient_id="P-4", on=today))
    due = eventually(lambda: system.table.case("P-4").case.standing.due_on, "the day to look again")

    [target] = scheduled(system, CLOCK)
    system.invoke(target, A_TICK)
    with as_of(system, CLOCK, due + timedelta(days=335)):  # a month is left to file the claim
        system.invoke(system.functions[CLOCK], A_TICK)

    assert system.heard("VISIT_WITHOUT_CLAIM", "P-4")


def test_the_scheduled_sweep_does_what_was_left_undone_and_the_stream_tells_it_no_second_time(
    system: Deployment,
) -> None:
    [target] = scheduled(system, SWEEP)
    with source_stopped(system, ANNOUNCE):
        leave_undone(system, "P-5", "P-6")
        system.invoke(target, A_TICK)

    assert system.table.case("P-6").writes == 1
    system.put(a_visit(1, patient_id="P-7"))
    system.heard("VISIT_WITHOUT_CLAIM", "P-7")  # after all that the stream held back
    assert len(system.told("VISIT_WITHOUT_CLAIM", "P-5")) == 1


def test_the_audit_trail_in_the_table_is_whole(system: Deployment) -> None:
    system.put(*a_course(13, patient_id="P-14", kx_from=None))
    system.heard("KX_MISSING", "P-14")
    system.settle()
    eventually(lambda: not system.table.case("P-14").case.pending, "the last entry in the trail")

    head = system.table.case("P-14").case.head

    assert head
    assert verified(system, "P-14") == {"trails": 1, "entries": head.seq, "flaws": []}


def test_an_entry_of_the_trail_that_somebody_edited_is_named(system: Deployment) -> None:
    system.put(a_visit(1, patient_id="P-15"))
    system.heard("VISIT_WITHOUT_CLAIM", "P-15")
    entry = eventually(lambda: next(system.table.partition("P-15", "begins_with(sk, :sort)", TRAIL), None), "its entry")

    edited = zlib.compress(zlib.decompress(entry["body"]["B"]).replace(b"warning", b"notable"))
    system.table.client.put_item(TableName=system.table.name, Item={**entry, "body": {"B": edited}})

    [flaw] = verified(system, "P-15")["flaws"]
    assert (flaw["place"], flaw["fault"]) == ("patient P-15, entry 1", "edited")
