"""A packet on disk: the PDF, tables, and a manifest with the SHA-256 of each. No file is named after anyone."""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from pathlib import Path

from local.packet.content import Packet
from local.packet.pdf import as_pdf
from shared.pages.tables import as_xlsx, neutral

MANIFEST = "manifest.json"


def write_packet(told: Packet, folder: Path) -> list[Path]:
    """Write the packet into `folder`, which is made; the paths of its files, the manifest last."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {
        "packet.pdf": as_pdf(told),
        "findings.csv": _csv(_findings(told)),
        "timeline.csv": _csv(_timeline(told)),
        "packet.xlsx": as_xlsx({"findings": _findings(told), "timeline": _timeline(told)}),
    }
    manifest = {
        "policy": told.policy,
        "as_of": told.as_of.isoformat(),
        "files": {
            name: {"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body)} for name, body in made.items()
        },
    }
    made[MANIFEST] = (json.dumps(manifest, indent=2) + "\n").encode()
    for name, body in made.items():
        (folder / name).write_bytes(body)
    return [folder / name for name in made]


def _findings(told: Packet) -> Iterator[Sequence[str]]:
    yield (
        "finding_id",
        "rule",
        "severity",
        "date_of_service",
        "claim_id",
        "line_number",
        "visit_id",
        "message",
        "records",
    )
    for f in told.findings:
        subject = (f.subject.date_of_service, f.subject.claim_id, f.subject.line_number, f.subject.visit_id)
        records = "; ".join(f"{kind} {record_id} v{version}" for kind, record_id, version in f.evidence)
        yield (
            f.finding_id,
            f.rule,
            f.severity.value,
            *("" if s is None else str(s) for s in subject),
            f.message,
            records,
        )


def _timeline(told: Packet) -> Iterator[Sequence[str]]:
    yield "date", "record", "what it says"
    for each in told.timeline:
        yield str(each.on), each.record, each.said


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([neutral(cell) for cell in row] for row in rows)
    return text.getvalue().encode()
