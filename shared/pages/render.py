"""Pages as HTML: Jinja2 templates with every value escaped, self-contained, without anything from elsewhere."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from shared.core.rules import RULES
from shared.core.severity import Severity
from shared.pages import strip
from shared.pages.patient import FindingView, PatientView

_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("shared.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["money"] = _money
    made.filters["decimal"] = Decimal
    made.filters["days"] = _days
    made.filters["worklist"] = _worklist
    made.globals["geometry"] = strip
    return made


def _money(amount: Decimal) -> str:
    return f"${amount:,.2f}"


def _days(text: str) -> Markup:
    """Escaped, with its dates in one piece: a browser breaks lines at their hyphens."""
    return Markup(_DAY.sub(r'<span class="day">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped the line before


def _worklist(patients: Sequence[PatientView]) -> list[tuple[PatientView, FindingView]]:
    """What a person must look at, of all patients: the gravest and dearest first."""
    rows = [
        (patient, view) for patient in patients for view in patient.findings if view.finding.severity != Severity.INFO
    ]
    return sorted(rows, key=lambda row: (row[1].urgency[:2], row[0].patient_id, row[1].finding.order))


def report_page(patients: Sequence[PatientView], law: str, as_of: date) -> str:
    """One self-contained file: the list of findings, then a page for each patient that has something to show."""
    return _templates().get_template("report.html").render(patients=patients, law=law, as_of=as_of)


def lookback_page(told: Mapping[str, Any], most: int) -> str:
    """One self-contained file: a look-back summed up, as the command's JSON has it."""
    return _templates().get_template("lookback.html").render(told=told, most=most)


def patient_part(patient: PatientView) -> str:
    """The patient's page without head and foot, for the desk."""
    return _templates().get_template("patient_part.html").render(patient=patient)


def finding_part(view: FindingView) -> str:
    """One finding with its trace, for the desk."""
    return _templates().get_template("finding_part.html").render(view=view)


def desk_page() -> str:
    """The desk: an empty frame that desk.js fills from the API."""
    return _templates().get_template("desk.html").render(rules=sorted({rule.name for rule in RULES}))
