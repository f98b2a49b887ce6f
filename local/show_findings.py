"""A patient's findings for people: the gravest first, and what a rule asks and says once for all that break it."""

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from local.printable import one_line

Finding = dict[str, Any]
_SECTIONS = {
    "violation": ("Violations", "bold red"),
    "warning": ("Warnings: a person must look", "bold yellow"),
    "info": ("For information", "bold cyan"),
    "withdrawn": ("Withdrawn: later records cleared these", "bold dim"),
}


def standing(patient: dict[str, Any]) -> list[Finding]:
    return [finding for finding in patient["findings"] if finding["status"] == "open"]


def told(patient: dict[str, Any], most: int | None = None) -> Iterator[RenderableType]:
    """Every section that has something to say; of one rule no more than `most` findings, and then without records."""
    if not standing(patient):
        yield Text("  No finding stands.", style="green")
    for section, (title, style) in _SECTIONS.items():
        found = [finding for finding in patient["findings"] if _section(finding) == section]
        if found:
            yield Text(f"  {title} ({len(found)})", style=style)
        for group in _by_rule(found):
            yield Padding(_block(group, most), (0, 0, 0, 4))


def _section(finding: Finding) -> str:
    return str(finding["severity"] if finding["status"] == "open" else finding["status"])


def _by_rule(found: list[Finding]) -> list[list[Finding]]:
    """Findings that ask for the same thing on the same words stand together, in their order."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in found:
        groups.setdefault((finding["rule"], finding["remedy"], *_law(finding)), []).append(finding)
    return list(groups.values())


def _block(group: list[Finding], most: int | None) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(min_width=len("2025-01-06"))
    table.add_column(overflow="fold")
    words, place = _law(group[0])
    table.add_row(Text("Rule"), Text(group[0]["rule"], style="bold"))
    table.add_row("", f"{words}\n{place}")
    for finding in group[:most]:
        table.add_row(finding["subject"].get("date_of_service", "Claim"), _said(finding, records=most is None))
    if len(group) > (most or len(group)):
        table.add_row("", f"and {len(group) - (most or 0)} more like these")
    if _section(group[0]) != "withdrawn":
        table.add_row("What to do", group[0]["remedy"])
    return table


def _said(finding: Finding, *, records: bool) -> str:
    lines = [one_line(finding["message"]), _subject(finding["subject"])]
    if finding["status"] == "withdrawn":
        lines.append(f"Withdrawn on {finding['withdrawn_on']}")
    return "\n".join([*lines, f"Records: {_records(finding['evidence'])}"] if records else lines)


def _subject(subject: dict[str, Any]) -> str:
    """The visit, claim line, claim or session to look at."""
    parts = ["session"] if subject["type"] == "session" else []
    if claim := subject.get("claim_id"):
        line = f" line {subject['line_number']}" if "line_number" in subject else ""
        code = f" ({subject['procedure_code']})" if "procedure_code" in subject else ""
        parts.append(f"claim {one_line(claim)}{line}{code}")
    if visit := subject.get("visit_id"):
        parts.append(f"visit {one_line(visit)}")
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]


def _records(evidence: list[dict[str, Any]]) -> str:
    alike: dict[tuple[str, int], list[str]] = {}
    for record in evidence:
        alike.setdefault((record["kind"], record["version"]), []).append(one_line(record["id"]))
    return "; ".join(f"{kind} {', '.join(ids)} (version {version})" for (kind, version), ids in alike.items())


def _law(finding: Finding) -> tuple[str, str]:
    """The sentence the finding rests on, CMS's own where there is one, and where it stands."""
    citations = finding["citations"]
    law = next((citation for citation in citations if citation["basis"] == "cms_text"), citations[0])
    place = f"{law['source']}, {law['section']}"
    if law["basis"] == "house_reading" and law["reading"]:
        return f"Our reading: {law['reading']}", place
    return f'"{law["quote"]}"', place
