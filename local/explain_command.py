"""`ncd-audit explain`: why a finding stands. It finds the traces asked for, or says what does stand instead."""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter

from local.arguments import AsJson, AsOf, histories, today
from local.printable import one_line
from local.show import screen
from local.show_trace import shown
from shared.core.audit import audit
from shared.core.document import Counts, Run, document
from shared.core.findings import Finding
from shared.core.history import History
from shared.core.policy import policies
from shared.core.standing import Standing
from shared.core.trace import Trace, Wanted, trace

EXPLAINED, NOTHING_FOUND = 0, 2
_PATIENTS_NAMED = 5

Arguments = Annotated[
    list[str], typer.Argument(metavar="[FINDING_ID] FILE...", help="The id, unless --rule is given; then the files.")
]


def explain(
    arguments: Arguments,
    rule: Annotated[str | None, typer.Option("--rule", metavar="RULE", help="All findings of this rule.")] = None,
    patient: Annotated[str | None, typer.Option("--patient", metavar="P", help="Findings of this patient.")] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> int:
    """Print why there is a finding: facts, law, steps. Or all of a patient's of one rule. Status 2: there is none."""
    wanted, files = _wanted(arguments, rule, patient)
    told, judged = histories(files), as_of or today()
    asked = {key: history for key, history in told.items() if patient in (None, key)}
    traces = [found for key, history in asked.items() for found in trace(wanted, key, history, policies(), judged)]
    if not traces:
        standing = [
            f for key, history in asked.items() for f in audit(key, history, policies(), judged).findings.values()
        ]
        return _nothing(rule or arguments[0], standing, told, patient)
    _print(traces, as_json=as_json)
    return EXPLAINED


def _wanted(arguments: list[str], rule: str | None, patient: str | None) -> tuple[Wanted, list[str]]:
    if rule is not None:
        if patient is None:
            raise typer.BadParameter("--rule needs --patient P")
        return (rule, None), arguments
    if not arguments[1:]:
        raise typer.BadParameter("name a finding's id and then files, or --rule RULE --patient P and files")
    return arguments[0], arguments[1:]


def _print(traces: list[Trace], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([as_document(found) for found in traces], indent=2), flush=True)
        return
    console = screen()
    for found in traces:
        for part in shown(found):
            console.print(part)


def as_document(found: Trace) -> dict[str, Any]:
    """The trace for machines; the records themselves are in the files that were read."""
    told: dict[str, Any] = TypeAdapter(Trace).dump_python(found, mode="json", exclude={"finding", "records"})
    return {"finding": _as_simulated(found.finding), **told}


def _as_simulated(finding: Finding) -> dict[str, Any]:
    """The finding as every other answer shows it."""
    standing = Standing(finding.patient_id, findings={finding.finding_id: finding})
    run = Run(date.min, policies().id, Counts(), (), [standing], ())
    entry: dict[str, Any] = document(run, withdrawn=False)["patients"][0]["findings"][0]
    return entry


def _nothing(asked: str, standing: list[Finding], told: Mapping[str, History], patient: str | None) -> int:
    """One line: what does stand, so that the next question can be put right."""
    whose = f" of patient {patient}" if patient is not None else ""
    if patient is not None and patient not in told:
        known = sorted(told)
        more = ", ..." if known[_PATIENTS_NAMED:] else ""
        instead = (
            f"the files hold no record of that patient, but of {', '.join(known[:_PATIENTS_NAMED]) or 'none'}{more}"
        )
    else:
        counts = Counter(finding.rule for finding in standing)
        instead = "what stands: " + (", ".join(f"{rule} ({count})" for rule, count in counts.items()) or "nothing")
    print(f"ncd-audit: no finding {one_line(f'{asked}{whose}; {instead}')}", file=sys.stderr)
    return NOTHING_FOUND
