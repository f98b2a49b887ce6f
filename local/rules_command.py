"""`ncd-audit rules`: the catalogue from the code itself, one rule of it in full, or the matrix of requirements."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from difflib import get_close_matches
from itertools import groupby
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from local.arguments import AsJson
from local.printable import one_line
from local.show import screen
from shared.core.catalogue import Entry, Matrix, Requirement, SettingShown, catalogue, matrix

SHOWN, UNKNOWN = 0, 2
_BASES = {"cms_text": "CMS's text", "cms_table": "CMS table", "house_reading": "house reading"}
_LONGEST_VALUE = 160
_NAMED = 3


def rules(
    rule: Annotated[str | None, typer.Argument(metavar="[RULE]", help="Show this rule in full.")] = None,
    as_json: AsJson = False,
    as_matrix: Annotated[bool, typer.Option("--matrix", help="List every requirement and what checks it.")] = False,
) -> int:
    """Print the catalogue of rules, or one rule in full. Or the matrix of requirements. Status 2: no such rule."""
    known = {entry.rule: entry for entry in catalogue()}
    if rule is not None and rule.upper() not in known:
        return _unknown(rule, known)
    if as_matrix:
        _print(matrix().model_dump(), _matrix(matrix()), as_json=as_json)
    elif rule is not None:
        entry = known[rule.upper()]
        _print(as_document(entry), _in_full(entry), as_json=as_json)
    else:
        _print([as_document(entry) for entry in known.values()], _table(known.values()), as_json=as_json)
    return SHOWN


def as_document(entry: Entry) -> dict[str, Any]:
    """The entry for machines."""
    citations = [citation._asdict() for citation in entry.citations]
    return {**asdict(entry), "citations": citations, "denial": entry.denial and entry.denial._asdict()}


def _unknown(rule: str, known: Iterable[str]) -> int:
    closest = ", ".join(get_close_matches(rule.upper(), list(known), n=_NAMED, cutoff=0))
    print(f"ncd-audit: no rule {one_line(rule)}; the closest are {closest}", file=sys.stderr)
    return UNKNOWN


def _print(told: Any, shown: Iterable[RenderableType], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(told, indent=2, default=str), flush=True)
        return
    console = screen()
    for part in shown:
        console.print(part)


def _table(entries: Iterable[Entry]) -> Iterator[RenderableType]:
    """One table, so that all sections stand in the same columns."""
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("Rule", "Severity", "Rests on", "What it means"):
        table.add_column(title, overflow="fold", no_wrap=title == "Rule")
    for section, of_section in groupby(entries, key=lambda entry: entry.section):
        table.add_row(Text(section, style="bold"))
        for entry in of_section:
            table.add_row(f"  {entry.rule}", ", ".join(entry.severities), _bases(entry.basis), entry.means)
    yield table


def _bases(basis: Iterable[str]) -> str:
    return ", ".join(_BASES[name] for name in basis)


def _in_full(entry: Entry) -> Iterator[RenderableType]:
    yield Text(entry.rule, style="bold")
    rows = [
        ("Section", entry.section),
        ("Severity", ", ".join(entry.severities)),
        ("What it means", entry.means),
        *_numbered("How it arises", entry.arises),
        *_numbered("How to clear it", entry.remedies),
        ("Rests on", _bases(entry.basis)),
        ("Denial to expect", _denial(entry)),
        ("Reads", ", ".join(entry.reads)),
    ]
    yield _rows(rows)
    yield Text("Law", style="bold")
    yield _rows(
        (_BASES[law.basis], f'"{law.quote}"\n{law.source}, {law.section}\n{law.url}') for law in entry.citations
    )
    yield Text("Settings", style="bold")
    yield _rows((setting.name, _setting(setting)) for setting in entry.settings)


def _numbered(title: str, texts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for number, text in enumerate(texts):
        yield ("" if number else title), text


def _rows(rows: Iterable[tuple[str, str]]) -> Padding:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold", max_width=28)
    table.add_column(overflow="fold")
    for name, text in rows:
        if text:
            table.add_row(name, text)
    return Padding(table, (0, 0, 0, 2))


def _denial(entry: Entry) -> str:
    if entry.denial is None:
        return ""
    carc, rarc, group, confidence = entry.denial
    remarks = f", remark {' or '.join(rarc)}" if rarc else ""
    return f"forecast: reason {' or '.join(carc)}{remarks}, group {group} (confidence {confidence})"


def _setting(setting: SettingShown) -> str:
    value = json.dumps(setting.value, default=str)
    shortened = value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}..."
    lines = [f"{shortened}, from {setting.since} ({_BASES[setting.basis]})"]
    others = [option for option in setting.options if option != setting.value]
    lines += [f"Other readings: {', '.join(others)}"] if others else []
    lines += [f"Our reading: {setting.reading}"] if setting.reading else []
    return "\n".join(lines)


def _matrix(told: Matrix) -> Iterator[RenderableType]:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 1, 0))
    for title in ("Id", "Requirement", "What checks it"):
        table.add_column(title, overflow="fold", no_wrap=title == "Id")
    for requirement in told.requirement:
        where = f"{requirement.text}\n{requirement.source}, {requirement.section}"
        table.add_row(requirement.id, where, _checked(requirement))
    yield table
    yield Text("Rules beyond these requirements", style="bold")
    yield _rows(told.beyond.items())


def _checked(requirement: Requirement) -> str:
    if requirement.rules:
        return "\n".join(requirement.rules)
    return f"manual: {requirement.manual}" if requirement.manual else f"not covered: {requirement.not_covered}"
