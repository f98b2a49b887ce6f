"""What differs between two policies, as a document for machines and as text for people."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from local.comparing import Compared
from local.named_policy import NamedPolicy
from local.printable import one_line
from shared.core.difference import Change, Difference, OfRule, SettingChanged, settings_changed
from shared.core.lookback import Row, Tally

_LONGEST_VALUE = 60
_MOST = 20


def as_document(compared: Compared) -> dict[str, Any]:
    sums = compared.sums
    return {
        "as_of": sums.as_of.isoformat(),
        "known_on": compared.known_on and compared.known_on.isoformat(),
        "old": _policy(compared.old),
        "new": _policy(compared.new),
        "settings": [_setting(changed) for changed in _settings(compared)],
        "patients": {"audited": sums.after.patients, "touched": sums.touched},
        "findings": {"before": _by_severity(sums.before), "after": _by_severity(sums.after)},
        "at_stake": {"before": _money(sums.before.at_stake), "after": _money(sums.after.at_stake)},
        "rules": [{"rule": name, **_of_rule(of_rule)} for name, of_rule in sorted(sums.rules.items())],
        "differences": [_difference(difference) for difference in compared.differences],
    }


def _by_severity(tally: Tally) -> dict[str, int]:
    return {"violation": tally.violations, "warning": tally.warnings, "info": tally.infos}


def _policy(policy: NamedPolicy) -> dict[str, str]:
    return {"name": policy.name, "policy": policy.law.id, "version": policy.law.version}


def _settings(compared: Compared) -> list[SettingChanged]:
    return settings_changed(compared.old.law, compared.new.law)


def _setting(changed: SettingChanged) -> dict[str, Any]:
    sides = {"before": changed.before, "after": changed.after}
    values = {
        side: [{"from": since.isoformat(), "value": _plain(value)} for since, value in dated]
        for side, dated in sides.items()
    }
    return {"setting": changed.name, **values}


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


def _of_rule(of_rule: OfRule) -> dict[str, Any]:
    counts = {change.value: count for change, count in of_rule.changes.items()}
    return {**counts, "patients": of_rule.patients, "at_stake": _money(of_rule.money)}


def _difference(difference: Difference) -> dict[str, Any]:
    before, after = difference.before, difference.after
    return {
        "change": difference.change.value,
        "before": before and before.plain(),
        "after": after and after.plain(),
        "at_stake": _money(difference.money),
    }


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def shown(compared: Compared) -> Iterator[RenderableType]:
    sums = compared.sums
    known = f", as known on {compared.known_on}" if compared.known_on else ""
    yield Text(f"{sums.new.id} as of {sums.as_of}{known}", style="bold")
    yield _rows([("Old policy", one_line(compared.old.name)), ("New policy", one_line(compared.new.name))])
    if settings := _settings(compared):
        yield Text("Settings that differ")
        yield _rows([(changed.name, f"{_values(changed.before)} -> {_values(changed.after)}") for changed in settings])
    if compared.differences:
        yield Text()
        yield _rules(sums.rules)
        yield Text()
        yield from _each(compared.differences)
    yield Text()
    yield _in_all(compared)


def _values(dated: tuple[tuple[Any, Any], ...]) -> str:
    """The one value there is, or every value with its first day."""
    said = [json.dumps(value, default=str) for _, value in dated]
    short = [text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..." for text in said]
    if len(set(said)) == 1:
        return short[0]
    return "; ".join(f"{text} from {since}" for text, (since, _) in zip(short, dated, strict=True))


def _rules(rules: dict[str, OfRule]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Rule")
    for title in (*(change.value.capitalize() for change in Change), "Patients", "At stake"):
        table.add_column(title, justify="right")
    for name, of_rule in sorted(rules.items()):
        counts = [str(count or "") for count in of_rule.changes.values()]
        table.add_row(name, *counts, str(of_rule.patients), f"{of_rule.money:+.2f}" if of_rule.money else "")
    return table


def _each(differences: list[Difference]) -> Iterator[RenderableType]:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("Date", "Change", "Verdict", "Patient", "About"):
        table.add_column(title, overflow="fold")
    for difference in differences[:_MOST]:
        row = difference.row
        severity = _severity(difference)
        table.add_row(
            str(row.date_of_service or ""),
            difference.change.value,
            f"{row.rule} ({severity})",
            Text(one_line(row.patient_id)),
            Text(_about(difference)),
        )
    yield table
    if differences[_MOST:]:
        yield Text(f"and {len(differences) - _MOST} more; --json has all")


def _severity(difference: Difference) -> str:
    sides = dict.fromkeys(row.severity for row in (difference.before, difference.after) if row)
    return " -> ".join(sides)


def _about(difference: Difference) -> str:
    sides = dict.fromkeys(_subject(row) for row in (difference.before, difference.after) if row)
    return " -> ".join(sides)


def _subject(row: Row) -> str:
    named = {"claim": row.claim_id, "line": row.line_number, "visit": row.visit_id}
    said = [f"{name} {one_line(str(value))}" for name, value in named.items() if value is not None]
    return ", ".join(said) or row.subject_type


def _in_all(compared: Compared) -> RenderableType:
    old, new, touched = compared.sums.before, compared.sums.after, compared.sums.touched
    rows = [("Patients", f"{touched} of {new.patients} have a verdict that differs")]
    for title, before, after in (
        ("Violations", old.violations, new.violations),
        ("Warnings", old.warnings, new.warnings),
        ("For information", old.infos, new.infos),
    ):
        rows.append((title, f"{before} before, {after} after ({after - before:+})"))
    change = f"{new.at_stake - old.at_stake:+.2f}; each line's money once, above with every verdict on it"
    rows.append(("At stake", f"{old.at_stake:.2f} before, {new.at_stake:.2f} after ({change})"))
    return _rows(rows)


def _rows(rows: list[tuple[str, str]]) -> Padding:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(overflow="fold")
    for name, text in rows:
        table.add_row(Text(name), Text(text))
    return Padding(table, (0, 0, 0, 2))
