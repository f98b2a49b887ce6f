"""Files damaged at random, and what must hold of every one of them."""

import io
import re
from random import Random
from time import perf_counter
from typing import Any

from shared.formats import x12
from shared.formats.reading import Noted, Piece, Read, Refused
from tests.builders import a_claim, a_line, a_remittance
from tests.formats_writer import Marks, a_payment_loop, an_835, an_837, written
from tests.unit.formats.x12_samples import MADE, PAID_ON, hospital_claim

CLAIMS = 6
SLOWEST = 1.0
_PLAIN = Marks(line_end="")


def claims_of_patients(count: int) -> list[Any]:
    """Of each patient one, with one to three lines."""
    bodies = [
        a_claim(number, patient_id=f"P-{number}", lines=[a_line(n) for n in range(1, 2 + number % 3)])["detail"]
        for number in range(1, count + 1)
    ]
    bodies[1] |= {"condition": {"onset_date": "2024-06-01", "pregnant": True}}
    return bodies


def members_of(claims: list[Any]) -> dict[str, str]:
    """Numbers that differ by more than one byte."""
    patients = sorted({claim["patient_id"] for claim in claims})
    return {patient: f"1EG4TE5MK{number}{number}" for number, patient in enumerate(patients, 1)}


def sound_files() -> list[bytes]:
    """Of each kind of transaction one, of several patients."""
    claims = claims_of_patients(CLAIMS)
    hospital = [hospital_claim(claim_id=f"H-{n}", patient_id=f"P-{n}") for n in range(1, CLAIMS + 1)]
    members = members_of(claims)
    remittances = [a_remittance({"detail": claim})["detail"] for claim in claims]
    loops = [a_payment_loop(each, members[each["patient_id"]], own=f"ICN{n}") for n, each in enumerate(remittances)]
    return [
        written(an_837(claims, members, MADE), _PLAIN),
        written(an_837(hospital, members, MADE, "institutional"), _PLAIN),
        written(an_835(loops, MADE, PAID_ON), _PLAIN),
    ]


def damaged(content: bytes, random: Random) -> bytes:
    """Once to three times: a byte changed, taken or put in, a stretch lost, doubled or moved, or the end cut off."""
    for _ in range(random.randint(1, 3)):
        content = random.choice(_DAMAGES)(content, random)
    return content


def _changed(content: bytes, random: Random) -> bytes:
    at = random.randrange(len(content))
    return content[:at] + _byte(random) + content[at + 1 :]


def _taken(content: bytes, random: Random) -> bytes:
    at = random.randrange(len(content))
    return content[:at] + content[at + 1 :]


def _put_in(content: bytes, random: Random) -> bytes:
    at = random.randrange(len(content))
    return content[:at] + _byte(random) + content[at:]


def _stretch(content: bytes, random: Random) -> tuple[bytes, bytes, bytes]:
    begin = random.randrange(len(content))
    end = min(len(content), begin + random.choice((3, 30, 300)))
    return content[:begin], content[begin:end], content[end:]


def _lost(content: bytes, random: Random) -> bytes:
    before, _, after = _stretch(content, random)
    return (before + after) or content


def _doubled(content: bytes, random: Random) -> bytes:
    before, stretch, after = _stretch(content, random)
    return before + stretch + stretch + after


def _moved(content: bytes, random: Random) -> bytes:
    before, stretch, after = _stretch(content, random)
    at = random.randrange(len(before + after) + 1)
    rest = before + after
    return rest[:at] + stretch + rest[at:]


def _cut_off(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(1, len(content))]


def _byte(random: Random) -> bytes:
    return random.choice((b"*", b":", b"~", b"^", b"0", b"9", b"A", b" ", b"\n", bytes([random.randrange(256)])))


_DAMAGES = (_changed, _changed, _taken, _put_in, _lost, _doubled, _moved, _cut_off)


def read_in_time(content: bytes) -> list[Piece]:
    begun = perf_counter()
    pieces = list(x12.read(io.BytesIO(content), lambda _, value: value))
    assert perf_counter() - begun < SLOWEST
    return pieces


def begun_in(content: bytes) -> int:
    """Claims and payments that begin in the file, told without the reader."""
    return len(re.findall(rb"(?:^|~)[\r\n]*CL[MP](?=[\r\n]*(?:\*|~|$))", content))


def come_out(pieces: list[Piece]) -> int:
    """Claims and payments that are read, stand in what was refused, or were noted because nothing was decided."""
    refused = sum(begun_in(piece.raw) for piece in pieces if isinstance(piece, Refused))
    undecided = sum(isinstance(piece, Noted) and piece.what.startswith("nothing was decided") for piece in pieces)
    return refused + undecided + sum(isinstance(piece, Read) for piece in pieces)
