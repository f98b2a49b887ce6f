"""The stories for a newcomer: each with what was found, and a table of all at the end."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from local.show import conservation, severities
from local.show_findings import told
from local.show_periods import periods
from local.stories import Story

_FINDINGS_SHOWN = 2
_COLUMNS = ("Patients", "Sessions", "Violations", "Warnings", "Infos", "Alerts", "Quarantined", "Seconds")


def story_told(story: Story) -> Iterator[RenderableType]:
    document = story.document
    yield Rule(Text(story.title, style="bold"), align="left", style="dim")
    for patient in document["patients"]:
        yield Text(f"  Patient {patient['patient_id']} as of {document['as_of']}")
        yield from periods(patient["periods"])
        yield from told(patient, _FINDINGS_SHOWN)
    for entry in document["quarantine"]:
        yield Text(f"  Quarantined: {entry['reason']} at {entry['where']}")
    yield Text(f"  Alerts sent: {_alerts(document['alerts'])}\n  {conservation(document)}\n")


def _alerts(alerts: list[dict[str, str]]) -> str:
    steps = Counter(alert["transition"] for alert in alerts)
    return ", ".join(f"{count} {step}" for step, count in steps.items()) or "none"


def mail_shown(text: str, what: str) -> Iterator[RenderableType]:
    yield Panel(Text(text.rstrip()), title=f"{what}, as a compliance officer gets it", title_align="left")
    yield Text()


def summary(told_stories: Sequence[Story]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Story")
    for title in _COLUMNS:
        table.add_column(title, justify="right")
    rows = [_figures(story) for story in told_stories]
    for story, row in zip(told_stories, rows, strict=True):
        table.add_row(story.name, *_written(row))
    table.add_row("all", *_written([sum(column) for column in zip(*rows, strict=True)]), style="bold")
    return table


def _figures(story: Story) -> list[float]:
    document, said = story.document, severities(story.document)
    counted = [len(document["patients"]), _sessions(document), said["violation"], said["warning"], said["info"]]
    return [*counted, len(document["alerts"]), document["events"]["quarantined"], story.seconds]


def _written(row: Sequence[float]) -> list[str]:
    return [*map(str, row[:-1]), f"{row[-1]:.1f}"]


def _sessions(document: dict[str, Any]) -> int:
    return sum(len(period["sessions"]) for patient in document["patients"] for period in patient["periods"])
