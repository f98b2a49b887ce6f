"""`ncd-audit report`: the findings of files of events as one self-contained HTML page, for people without a server."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from local.arguments import AsOf, Files, histories, today
from local.judged import judged
from shared.core.policy import policies
from shared.pages.patient import PatientView, patient_view
from shared.pages.render import report_page


def report(
    files: Files,
    html: Annotated[Path, typer.Option("--html", metavar="FILE", help="Where the page goes.")] = Path("ncd-audit.html"),
    as_of: AsOf = None,
) -> int:
    """Write the findings as one HTML page. The list to work, and a page per patient."""
    write_report(files, html, as_of or today())
    print(html)
    return 0


def write_report(files: list[str], html: Path, as_of: date) -> None:
    law = policies()
    html.write_text(report_page(_views(files, as_of), law.id, as_of), encoding="utf-8")


def _views(files: list[str], as_of: date) -> list[PatientView]:
    law = policies()
    told = sorted(histories(files).items())
    cases = (judged(patient_id, history, as_of) for patient_id, history in told)
    return [patient_view(case, law, as_of) for case in cases]
