"""Trails written to a file are read again, and whatever is done to a line of it is found."""

import json
from functools import cache
from random import Random

import pytest

from local.kept import Trail
from local.trail_file import TrailFile, written
from shared.core.verify import verify
from tests.builders import a_course
from tests.unit.asking import snapshot
from tests.unit.trails import day_by_day


@cache
def trails() -> tuple[Trail, ...]:
    """Two patients with sessions, and one of whom nothing was concluded."""
    told = [[snapshot(event) for event in a_course(2, patient_id=patient_id)] for patient_id in ("P-1", "P-2")]
    cases = [day_by_day(events)[-1] for events in told]
    return (*(Trail(case.patient_id, case.head, case.pending) for case in cases), Trail("P-3", None, ()))


def lines() -> list[bytes]:
    return [line.rstrip(b"\n") for line in written(trails())]


def whole(some: list[bytes]) -> bool:
    found = TrailFile.of(some)
    return found.whole and not any(verify(trail.patient_id, trail.entries, trail.head) for trail in found.trails)


def test_what_is_written_is_read() -> None:
    found = TrailFile.of(lines())
    assert [(t.patient_id, t.head, tuple(t.entries)) for t in found.trails] == [
        (t.patient_id, t.head, tuple(t.entries)) for t in trails()
    ]
    assert whole(lines())
    assert whole([line.rstrip(b"\n") for line in written([])])


def test_every_line_is_json() -> None:
    heading, entry, *_, end = map(json.loads, lines())
    assert set(heading) == {"patient_id", "entries", "head"}
    assert set(entry) == {"hash", "entry"}
    assert end["trails"] == 3


@pytest.mark.parametrize("place", range(len(lines())))
def test_a_line_that_is_left_out_or_repeated_is_found(place: int) -> None:
    some = lines()
    assert not whole([*some[:place], *some[place + 1 :]])
    assert not whole([*some[: place + 1], *some[place:]]) or place == len(some) - 1


@pytest.mark.parametrize("kept", range(len(lines())))
def test_a_file_that_is_cut_is_found(kept: int) -> None:
    assert not whole(lines()[:kept])


def test_two_lines_that_changed_places_are_found() -> None:
    for seed in range(60):
        some, random = lines(), Random(seed)
        one, other = random.sample(range(len(some)), 2)
        some[one], some[other] = some[other], some[one]
        assert not whole(some), seed


def test_a_changed_byte_is_found() -> None:
    for seed in range(150):
        some, random = lines(), Random(seed)
        place = random.randrange(len(some))
        line = bytearray(some[place])
        line[random.randrange(len(line))] ^= random.randrange(1, 256)
        some[place] = bytes(line)
        assert not whole(some), seed


def test_a_patient_who_was_taken_out_with_the_heading_is_found() -> None:
    some = lines()
    second = next(place for place, line in enumerate(some) if line.startswith(b'{"patient_id":"P-2"'))
    third = next(place for place, line in enumerate(some) if line.startswith(b'{"patient_id":"P-3"'))
    assert not whole([*some[:second], *some[third:]])


def test_entries_after_the_end_are_found() -> None:
    some = lines()
    assert not whole([*some, some[1]])
