"""What a clinic has kept over the years: four formats, a patient in several files, some of it twice, some of it bad."""

import gzip
import json
import random
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from local.answer import answer
from local.identity import VARIABLE
from local.reading import of_file
from local.surroundings import environment
from tests.builders import Envelope, a_course, a_remittance
from tests.unit.conftest import stream_of

AS_OF = date(2026, 3, 1)
KEY = "0" * 64  # what the simulation has for the secret
FORMATS = Path(__file__).parents[2] / "events" / "formats"


def of_years() -> dict[str, bytes]:
    """Name -> content. Visits, claims and payments of a patient lie in different files."""
    courses = [event for n in range(5) for event in a_course(14, patient_id=f"P-{n}", kx_from=None if n % 2 else 13)]
    claims = [event for event in courses if event["detail-type"] == "ClaimSubmitted"]
    random.Random(8).shuffle(courses)
    paid = [a_remittance(claim) for claim in claims[::3]]
    ours = {
        "2024/first-half.ndjson": stream_of(courses[:60]),
        "2024/second-half.ndjson.gz": gzip.compress(stream_of(courses[60:])),
        "2025/again.ndjson": stream_of(courses[40:70]),
        "2025/payments.ndjson": stream_of(paid) + b'{"detail-type": "ClaimSubmitted"}\n',
    }
    theirs = {f"2025/{path.name}": path.read_bytes() for path in sorted(FORMATS.iterdir())}
    return ours | theirs | {"2025/note.pdf": b"%PDF-1.7"}


def answered(archives: Mapping[str, bytes], folder: Path) -> dict[str, Any]:
    """What `ncd-audit answer` says of the same files, its patients named as the functions name them."""
    messages: list[bytes] = []
    with environment({VARIABLE: KEY}):
        for number, content in enumerate(archives.values()):
            path = folder / f"{number}"
            path.write_bytes(gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content)
            messages += of_file(str(path))
    return answer(messages, AS_OF)


def verdicts(document: Mapping[str, Any]) -> set[tuple[str, ...]]:
    return {_verdict(patient["patient_id"], found) for patient in document["patients"] for found in patient["findings"]}


def _verdict(patient_id: str, found: Mapping[str, Any]) -> tuple[str, ...]:
    stake = found.get("at_stake", {}).get("amount", "")
    return patient_id, found["rule"], found["severity"], found["finding_id"], found["message"], stake


def rows(stored: Iterable[bytes]) -> list[tuple[str, ...]]:
    """The same of what a look-back stored."""
    return [_row(json.loads(line)) for content in stored for line in content.splitlines()]


def _row(row: Mapping[str, Any]) -> tuple[str, ...]:
    stake = f"{Decimal(row['amount']):.2f}" if row["amount"] else ""
    return row["patient_id"], row["rule"], row["severity"], row["finding_id"], row["message"], stake


def a_patient(number: int) -> list[Envelope]:
    """Fourteen sessions, the last two without KX."""
    return a_course(14, patient_id=f"P-{number}", kx_from=None)
