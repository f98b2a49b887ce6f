"""A use of each function that asks for everything it may do, and says whether all of it went well."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from tests.builders import a_visit
from tests.deployed.deployment import Deployment, FunctionFailed, eventually
from tests.deployed.officer import DESK, acted, asked
from tests.deployed.operating import afresh, digested, source_stopped
from tests.deployed.taken import a_dropped_file, notified
from tests.deployed.undone import an_untold_case, leave_undone
from tests.integration.deliveries import a_change, a_message

RECORD, ANNOUNCE = "functions.record_event.handler", "functions.send_alert.handler"
CLOCK, REPLAY = "functions.turn_clock.handler", "functions.replay_quarantine.handler"
SWEEP, REMIND = "functions.sweep.handler", "functions.remind.handler"
DIGEST = "functions.send_digest.handler"
READ, FHIR = "functions.read_file.handler", "functions.receive_fhir.handler"
KEEP = "functions.keep_worklist.handler"

_A_QUESTION = {
    "hook": "appointment-book",
    "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "context": {"userId": "Practitioner/1", "patientId": "1", "appointments": {"resourceType": "Bundle"}},
    "prefetch": {"patient": {"resourceType": "Patient", "id": "1"}},
}
A_TICK: dict[str, object] = {"source": "aws.events"}

_numbers = count(100)


def new_patient() -> str:
    return f"P-{next(_numbers)}"


def _all_taken(system: Deployment, handler: str, records: list[dict[str, Any]]) -> bool:
    answer = system.invoke(system.functions[handler], {"Records": records})
    return bool(answer == {"batchItemFailures": []})


def records_events(system: Deployment) -> bool:
    """A visit to be recorded and a message for the quarantine."""
    good, bad = a_visit(1, patient_id=new_patient()), a_visit(1, patient_id=new_patient(), status="?")
    return _all_taken(system, RECORD, [a_message(good, "m-1"), a_message(bad, "m-2")])


def replays(system: Deployment) -> bool:
    """By a list of what lies there."""
    done = system.invoke(system.functions[REPLAY], {"day": datetime.now(UTC).date().isoformat()})
    return bool(done["sent"]) and not done["not_there"]


def announces(system: Deployment) -> bool:
    """The case file of a visit that nobody billed."""
    return _all_taken(system, ANNOUNCE, [a_change(1, an_untold_case(new_patient()))])


def turns_the_clock(system: Deployment) -> bool:
    """Over a visit of today that is due in a month, and was put there by the bus."""
    patient, today = new_patient(), datetime.now(UTC).date()
    system.put(a_visit(1, patient_id=patient, on=today))
    eventually(lambda: system.table.case(patient).writes, "the case file")
    return _runs(system, CLOCK)


def sweeps(system: Deployment) -> bool:
    """What the stream never brought, and what a dead writer left."""
    untold, untaken = new_patient(), new_patient()
    with source_stopped(system, ANNOUNCE):
        leave_undone(system, untold, untaken)
        return _runs(system, SWEEP) and _is_done(system, untold, untaken)


def _is_done(system: Deployment, untold: str, untaken: str) -> bool:
    return not system.table.case(untold).case.pending and system.table.case(untaken).writes == 1


def reads_files(system: Deployment) -> bool:
    """Claims, one of which goes to quarantine, by a function that does not know the key of patients' names yet."""
    with source_stopped(system, READ), afresh(system, READ):
        return _all_taken(system, READ, [a_dropped_file(system), a_dropped_file(system, versions=False)])


def hears_of_fhir(system: Deployment) -> bool:
    return notified(system, FHIR)


def tells_later(system: Deployment) -> bool:
    """What a visit that nobody billed leaves for the digest of a day that is over."""
    with digested(system, ANNOUNCE):
        if not announces(system):
            return False
    system.invoke(system.functions[DIGEST], {"until": (datetime.now(UTC) + timedelta(days=2)).isoformat()})
    return True


def keeps_the_list(system: Deployment) -> bool:
    """With the finding of a patient of whom the list knows nothing."""
    with source_stopped(system, KEEP):
        case = an_untold_case(new_patient())
        system.table.client.put_item(TableName=system.table.name, Item=case)
        return _all_taken(system, KEEP, [a_change(1, case)])


def reminds(system: Deployment) -> bool:
    """Of an overpayment that is on the list already."""
    return _runs(system, REMIND)


def serves_the_desk(system: Deployment) -> bool:
    """The list, an action on a finding, and an EHR's question, for which it must learn the key of patients' names."""
    patient = new_patient()
    system.table.client.put_item(TableName=system.table.name, Item=an_untold_case(patient))
    finding_id, *_ = system.table.case(patient).case.standing.findings
    row = {"patient_id": patient, "finding_id": finding_id, "actions": 0}
    worked = asked(system, "/worklist").status == acted(system, row, "acknowledge").status == 200
    with afresh(system, DESK):
        return worked and asked(system, "/cds-services/ncd-30-3-3-appointment-book", body=_A_QUESTION).status == 200


def _runs(system: Deployment, handler: str) -> bool:
    """It does not raise."""
    system.invoke(system.functions[handler], A_TICK)
    return True


USES: dict[str, Callable[[Deployment], bool]] = {
    RECORD: records_events,
    ANNOUNCE: announces,
    CLOCK: turns_the_clock,
    REPLAY: replays,
    SWEEP: sweeps,
    READ: reads_files,
    FHIR: hears_of_fhir,
    DIGEST: tells_later,
    KEEP: keeps_the_list,
    REMIND: reminds,
    DESK: serves_the_desk,
}


def works(system: Deployment, handler: str) -> bool:
    try:
        return USES[handler](system)
    except FunctionFailed:
        return False
