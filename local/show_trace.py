"""The trace of a finding for people: facts by record, the law with its words, the steps in their order, the verdict."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from local.printable import one_line, printable
from shared.core.facts import Fact
from shared.core.findings import Finding
from shared.core.trace import Law, Trace

_LONGEST_VALUE = 90
_BASES = {
    "cms_text": "the words of CMS",
    "cms_table": "a table of CMS",
    "house_reading": "a house reading",
}


def shown(trace: Trace) -> Iterator[RenderableType]:
    finding = trace.finding
    title = f"{finding.rule} of patient {one_line(finding.patient_id)} (finding {finding.finding_id})"
    yield Rule(Text(title, style="bold"), align="left", style="dim")
    yield from _section("Facts", _facts(trace.facts))
    yield from _section("Law", _law(trace.law))
    if trace.steps:
        yield from _section("Steps", _rows((f"{n}.", step.text) for n, step in enumerate(trace.steps, start=1)))
    yield from _section("Verdict", _rows(_verdict(finding)))
    yield Text()


def _section(title: str, body: RenderableType) -> Iterator[RenderableType]:
    yield Text(title, style="bold")
    yield Padding(body, (0, 0, 0, 2))


def _rows(rows: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in rows:
        table.add_row(Text(name), Text(one_line(text)))
    return table


def _facts(facts: Iterable[Fact]) -> Table:
    """One row a record: the fields read, as the record has them."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold", max_width=30)
    table.add_column(overflow="fold")
    for (kind, record_id, version), read in groupby(facts, key=lambda fact: (fact.kind, fact.id, fact.version)):
        fields = "; ".join(f"{fact.field} {_value(fact.value)}" for fact in read)
        table.add_row(Text(f"{kind} {one_line(record_id)}, version {version}"), Text(printable(fields)))
    return table


def _value(value: Any) -> str:
    match value:
        case None:
            return "not stated"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(_value, value)) or "none"
        case dict():
            return ", ".join(f"{name} {_value(part)}" for name, part in value.items())
    return str(value)


def _law(law: Iterable[Law]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold", max_width=30)
    table.add_column(overflow="fold")
    for entry in law:
        value = _value(entry.value)
        shortened = value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}..."
        lines = [f"{shortened} (from {entry.since}; {_BASES[entry.basis]})", f'"{entry.quote}"']
        lines += [f"Our reading: {entry.reading}"] if entry.reading else []
        table.add_row(Text(entry.setting), Text("\n".join([*lines, f"{entry.source}, {entry.section}"])))
    return table


def _verdict(finding: Finding) -> Iterator[tuple[str, str]]:
    yield finding.severity.value, finding.message
    yield "What to do", finding.remedy
