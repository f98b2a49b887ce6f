"""The wording of traces: the steps told of the cases that show every way of telling one, kept in traced.txt.

`python -m tests.mutation.traced` writes the file again; read the difference before it is committed.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from functools import reduce
from pathlib import Path

from shared.core.audit import audit
from shared.core.errors import Unreadable
from shared.core.history import History
from shared.core.intake import parse_event
from shared.core.policy import policies
from shared.core.steps import Step
from shared.core.trace import trace
from tests.builders import Envelope
from tests.mutation.untold import UNTOLD
from tests.mutation.words import asked, keep, smallest_first, telling
from tests.unit.asking import message

FILE = Path(__file__).with_name("traced.txt")


def traced(case: str) -> str:
    """Every step of every finding of a case, each once."""
    events, as_of = asked(case)
    told: list[Envelope] = [event for event in events if _patient(event) == _patient(events[0])]
    steps = dict.fromkeys(map(_line, _steps(told, as_of)))
    return "\n".join([f"## {case}", *steps])


def _patient(event: Envelope) -> object:
    return event["detail"].get("patient_id")


def _taking(history: History, event: Envelope) -> History:
    try:
        return history.taking(parse_event(message(event)).detail)[0]
    except Unreadable:
        return history


def _steps(events: list[Envelope], as_of: date) -> Iterator[Step]:
    history, patient_id = reduce(_taking, events, History()), str(_patient(events[0]))
    for finding_id in audit(patient_id, history, policies(), as_of).findings:
        for found in trace(finding_id, patient_id, history, policies(), as_of):
            yield from found.steps


def _line(step: Step) -> str:
    return f"{step.name}: {step.text} {json.dumps(step.values, default=str)}"


def _way(line: str) -> str:
    return re.sub(r"[A-Z]*-?[\d][\d.-]*", "#", line.partition(" {")[0])


if __name__ == "__main__":
    keep(FILE, telling((*UNTOLD, *smallest_first()), traced, _way))
