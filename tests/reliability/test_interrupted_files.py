"""A file is read whole, whatever happens on the way: no claim is lost, none is told otherwise the second time."""

from collections import Counter
from collections.abc import Iterator

import pytest

from functions.read_file import STRETCH
from shared.aws.files import Progress
from tests.claim_files import a_claim_file
from tests.reliability.conftest import Ran
from tests.simulation.faults import Fault, Kind, possible
from tests.simulation.intake import Intake

CLAIMS = 300
BAD = (0, 5, 99, 100, 101, 299)
NOTED = 1  # the file's own count of segments is wrong
FILE = a_claim_file(CLAIMS, bad=BAD)
EVERY = {f"C{number:06}" for number in range(CLAIMS) if number not in BAD}


def interrupted(fault: Fault | None) -> Intake:
    intake = Intake(FILE, fault)
    with intake.running():
        intake.deliver()
        assert intake.progress == Progress(CLAIMS - len(BAD), len(BAD), NOTED, finished=True)
    return intake


@pytest.fixture(scope="module")
def smooth() -> Intake:
    return interrupted(None)


def test_a_file_is_read_in_few_calls(smooth: Intake) -> None:
    """Ten events a call, and a note every hundred pieces."""
    calls = Counter(smooth.wire.calls)
    assert calls["put_events"] == 30
    assert calls["put_item read"] == -(-(CLAIMS + NOTED) // STRETCH) + 1
    assert calls["put_object"] == len(BAD)
    assert smooth.claims_sent() == dict.fromkeys(EVERY, 1)


def test_every_piece_is_an_event_a_refusal_or_a_note(smooth: Intake) -> None:
    assert len(smooth.bus.events) + len(smooth.quarantined()) == CLAIMS
    assert {entry["reason"] for entry in smooth.quarantined().values()} == {"bad_form"}
    assert all("SV102" in entry["where"] for entry in smooth.quarantined().values())
    assert all(entry["body"].startswith("CLM*C") for entry in smooth.quarantined().values())


def faults(calls: list[str]) -> Iterator[Fault]:
    for at, call in enumerate(calls):
        yield from (Fault(at, kind, when) for kind, when in possible(call))


def stand(fault: Fault, smooth: Intake) -> None:
    intake = interrupted(fault)
    sent = intake.claims_sent()
    assert sent.keys() == EVERY, fault
    assert sum(sent.values()) - len(EVERY) <= STRETCH, fault
    assert intake.quarantined() == smooth.quarantined(), fault


def kill_points(smooth: Intake) -> list[Fault]:
    return [fault for fault in faults(smooth.wire.calls) if fault.kind is Kind.KILL]


def test_killed_somewhere_a_file_is_completed(smooth: Intake, ran: Ran) -> None:
    """At every fourth of the points; the whole is the slow test's."""
    points = kill_points(smooth)[::4]
    for fault in points:
        stand(fault, smooth)
    ran("kill points of a file of 300 claims", len(points))


@pytest.mark.slow
def test_whatever_goes_wrong_with_any_call_a_file_is_completed(smooth: Intake, ran: Ran) -> None:
    """Killed at every point, before the effect and after it, and all else that a call can meet."""
    every = list(faults(smooth.wire.calls))
    assert len(kill_points(smooth)) == 2 * len(smooth.wire.calls) - 1  # the answer to Lambda can only be lost
    for fault in every:
        stand(fault, smooth)
    ran("runs of a file of 300 claims with one fault each", len(every))


@pytest.mark.slow
def test_a_file_of_50_000_claims_is_read_whole_though_every_environment_runs_out_of_time(ran: Ran) -> None:
    """Each lives for 120 notes of a hundred pieces: it takes five."""
    count, bad = 50_000, range(7, 50_000, 1_000)
    intake = Intake(a_claim_file(count, bad=bad), notes_each=120)
    with intake.running():
        assert intake.deliver() == 5
    assert intake.progress == Progress(count - len(bad), len(bad), NOTED, finished=True)
    sent = intake.claims_sent()
    assert (len(sent), set(sent.values())) == (count - len(bad), {1})
    assert len(intake.quarantined()) == len(bad)
    ran("claims of one file read in five environments", count)
