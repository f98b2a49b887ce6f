"""`ncd-audit packet`: what goes to the reviewer when the auditor's letter comes."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from local.arguments import AsOf, Files, histories, today
from local.judged import judged
from local.printable import one_line
from shared.core.history import History
from shared.core.policy import policies

WRITTEN, NOTHING_FOUND = 0, 2


def packet(
    files: Files,
    patient: Annotated[str | None, typer.Option("--patient", metavar="P", help="All of this patient.")] = None,
    claim: Annotated[str | None, typer.Option("--claim", metavar="C", help="What concerns this claim.")] = None,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the files go.")] = Path("packet"),
    as_of: AsOf = None,
) -> int:
    """Write PDF, tables and manifest about a patient or a claim. Status 2: neither is in FILE..."""
    from local.packet.content import packet as content
    from local.packet.writing import write_packet

    whose = _whose(histories(files), patient, claim)
    if whose is None:
        wanted = " and ".join(
            f"{what} {one_line(name)}" for what, name in (("claim", claim), ("patient", patient)) if name
        )
        said = f"nothing is known of {wanted} in these files" if wanted else "whose packet? nothing was named"
        print(f"ncd-audit: {said}; give --patient or --claim as the files have it", file=sys.stderr)
        return NOTHING_FOUND
    case = judged(*whose, as_of or today())
    for path in write_packet(content(case, policies(), as_of or today(), claim), out):
        print(path)
    return WRITTEN


def _whose(told: dict[str, History], patient: str | None, claim: str | None) -> tuple[str, History] | None:
    for patient_id, history in told.items():
        if patient in (None, patient_id) and (claim is None or ("claim", claim) in history.latest):
            return (patient_id, history) if patient or claim else None
    return None
