"""Whatever is broken in a file: no crash, no hang, no claim lost or given to another patient.

The large run, by name: `.venv/bin/pytest -m slow tests/unit/formats/test_x12_damage.py`.
"""

from random import Random

import pytest

from shared.formats.reading import Read
from tests.formats_writer import Marks, an_837, written
from tests.unit.formats.x12_damage import (
    begun_in,
    claims_of_patients,
    come_out,
    damaged,
    members_of,
    read_in_time,
    sound_files,
)
from tests.unit.formats.x12_samples import MADE

SOUND = sound_files()


def test_sound_files_are_read_whole() -> None:
    for content in SOUND:
        pieces = read_in_time(content)
        assert begun_in(content) == len(pieces) == sum(isinstance(piece, Read) for piece in pieces)


@pytest.mark.parametrize("runs", [600, pytest.param(10_000, marks=pytest.mark.slow)])
def test_every_claim_that_goes_in_comes_out(runs: int) -> None:
    """Read, refused or noted, once each."""
    for seed in range(runs):
        content = damaged(SOUND[seed % len(SOUND)], Random(seed))
        assert come_out(read_in_time(content)) == begun_in(content), seed


def test_no_byte_lost_or_changed_gives_a_claim_to_another_patient() -> None:
    claims = claims_of_patients(2)
    content = written(an_837(claims, members_of(claims), MADE), Marks(line_end=""))
    owners = {str(claim["claim_id"]): members_of(claims)[str(claim["patient_id"])] for claim in claims}
    for at in range(content.index(b"HL*"), len(content)):
        for instead in (b"", b"x", b"~"):
            for piece in read_in_time(content[:at] + instead + content[at + 1 :]):
                if isinstance(piece, Read):
                    detail = piece.envelope["detail"]
                    others = set(owners.values()) - {owners.get(detail["claim_id"])}
                    assert detail["claim_id"] not in owners or detail["patient_id"] not in others, (at, instead)
