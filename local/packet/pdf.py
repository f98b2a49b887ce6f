"""The packet as a PDF: cover sheet, index, findings, timeline, checklist of rules, documents to attach."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import inch
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle
from reportlab.platypus.tableofcontents import TableOfContents

from local.packet.content import Packet

_GRID = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.25, colors.HexColor("#cbd2d9")),
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#f0f4f8")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
)
_STYLES = getSampleStyleSheet()


class _Document(SimpleDocTemplate):  # type: ignore[misc]  # reportlab has no types
    """Tells the index of every heading, and numbers the pages."""

    def afterFlowable(self, flowable: Any) -> None:  # noqa: N802 - reportlab's name
        if isinstance(flowable, Paragraph) and flowable.style.name == "Heading1":
            self.notify("TOCEntry", (0, flowable.getPlainText(), self.page))


def as_pdf(told: Packet) -> bytes:
    """The same packet gives the same bytes: no clock, no random id in the file."""
    out = BytesIO()
    document = _Document(out, pagesize=letter, title=f"{told.policy}: audit packet", author="ncd-audit", invariant=1)
    document.multiBuild(list(_story(told)), onFirstPage=_foot, onLaterPages=_foot)
    return out.getvalue()


def _foot(canvas: Any, document: Any) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawString(
        inch, 0.5 * inch, "Contains protected health information. Send once, complete, this sheet on top."
    )
    canvas.drawRightString(letter[0] - inch, 0.5 * inch, f"Page {document.page}")


def _story(told: Packet) -> Iterable[Any]:
    yield from _cover(told)
    yield from _section("Findings", ("Finding", "What it says", "The rule"), _findings(told))
    timeline = [(f"{each.on}", each.record, each.said) for each in told.timeline]
    yield from _section("Timeline", ("Date", "Record", "What it says"), timeline)
    checklist = [(each.rule, each.verdict, f"{each.means} ({each.citation})") for each in told.checklist]
    yield from _section("Checklist of rules", ("Rule", "Verdict", "Meaning and source"), checklist)
    attach = [("[ ]", text) for text in told.to_attach]
    yield from _section("Documents still to attach", ("", "Document"), attach, widths=(0.4, 6.1))


def _cover(told: Packet) -> Iterable[Any]:
    yield _words(f"{told.policy}: audit packet", "Title")
    rows = {
        "Beneficiary (key)": told.patient_id,
        "Claim": told.claim_id or "all",
        "Judged as of": str(told.as_of),
        "Findings": str(len(told.findings)),
        "Records": str(len(told.timeline)),
    }
    yield _table(list(rows.items()), widths=(2.0, 4.5))
    yield Spacer(1, 18)
    yield _words("Index", "Heading2")
    yield TableOfContents()


def _findings(told: Packet) -> list[tuple[str, ...]]:
    return [
        (
            f"{f.rule} ({f.severity.value})",
            f"{f.message} {f.remedy}",
            f'"{f.citations[0].quote}" {f.citations[0].source}',
        )
        for f in told.findings
    ] or [("none", "No finding stands.", "")]


def _section(
    title: str, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float] = (1.7, 2.2, 2.6)
) -> Iterable[Any]:
    yield PageBreak()
    yield _words(title, "Heading1")
    yield _table([head, *rows], widths, repeat=1)


def _table(rows: Sequence[Sequence[str]], widths: Sequence[float], repeat: int = 0) -> Table:
    cells = [[_words(text, "BodyText") for text in row] for row in rows]
    return Table(cells, colWidths=[width * inch for width in widths], repeatRows=repeat, style=_GRID)


def _words(text: str, style: str) -> Paragraph:
    return Paragraph(escape(text), _STYLES[style])
