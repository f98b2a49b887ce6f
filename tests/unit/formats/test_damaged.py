"""Damaged files of FHIR and HL7 v2: no crash, no hang, and nothing that is not told of."""

import json
import time
from collections.abc import Callable
from random import Random

import pytest

from shared.core.intake import parse_event
from shared.formats import hl7v2
from shared.formats.fhir import reader as fhir_reader
from shared.formats.reading import Piece, Read
from tests.unit.formats.damage import mistaken, spoilt
from tests.unit.formats.heard import Reader, pieces
from tests.unit.formats.hl7 import a_charge, a_result, ft1, msh, obx, written
from tests.unit.formats.resources import (
    Body,
    a_bundle,
    one_of_each,
)

FEW, MANY = 100, 10_000
LONGEST = 1.0  # seconds of work: what else the machine does is no fault of the reader

RESOURCES = one_of_each()
MESSAGES = [
    a_charge(ft1(), ft1(type="CR", number=2), ft1("97810", on="20260122", number=3)),
    a_result(obx(), obx("97909-6^^LN", "36"), obx("8302-2^^LN", "170")),
    written(msh("ADT^A11")),
]


def read_in_time(reader: Reader, content: bytes) -> list[Piece]:
    """What the file says, each event of which our own door takes."""
    started = time.process_time()
    told = pieces(reader, content)
    assert time.process_time() - started < LONGEST, content
    for piece in told:
        if isinstance(piece, Read):
            parse_event(json.dumps(piece.envelope).encode())
    return told


def spoilt_fhir(random: Random) -> None:
    """One broken line of NDJSON at most hides itself; whatever bytes come, something is said of them."""
    lines = [json.dumps(resource).encode() for resource in RESOURCES]
    content = json.dumps(a_bundle(*RESOURCES), indent=random.choice((None, 1))).encode()
    content = spoilt(random.choice((content, b"\n".join(lines))), random)
    assert read_in_time(fhir_reader.read, content) or not content.strip(), content


def mistaken_fhir(random: Random) -> None:
    """Every resource is told of: its place, or one within it, stands in some piece."""
    bundle: Body = mistaken(a_bundle(*RESOURCES), random)
    told = read_in_time(fhir_reader.read, json.dumps(bundle).encode())
    for number in range(len(RESOURCES)):
        place = f"Bundle.entry[{number}]"
        assert any(piece.place.startswith(place) for piece in told), (place, bundle)


def spoilt_hl7v2(random: Random) -> None:
    """Every message that is still one is told of by its number."""
    content = spoilt("".join(MESSAGES).encode(), random)
    told = read_in_time(hl7v2.read, content)
    lines = [line.strip(b"\x0b\x1c") for line in content.replace(b"\n", b"\r").split(b"\r")]
    count = sum(line.startswith(b"MSH") for line in lines)
    for number in range(1, count + 1):
        assert any(piece.place.startswith(f"message {number}") for piece in told), (number, content)


DAMAGES = [spoilt_fhir, mistaken_fhir, spoilt_hl7v2]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_neither_stops_the_reader_nor_hides_anything(damage: Callable[[Random], None]) -> None:
    for seed in range(FEW):
        damage(Random(seed))


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
def test_much_damage_neither_stops_the_reader_nor_hides_anything(damage: Callable[[Random], None]) -> None:
    for seed in range(FEW, FEW + MANY):
        damage(Random(seed))
