"""What an alert says: plain words a compliance officer can act on, without diagnosis, name or date.

E-mail leaves the system unencrypted, so an alert holds the patient key, counts, record ids and the law; the finding
itself is read behind a sign-in. Its id is that of the finding and its revision: a repeated delivery is the same alert.
"""

import hashlib
import textwrap
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from shared.core.changes import FindingChange, Plain, finding_changes
from shared.core.citations import Citation
from shared.core.findings import Finding, Subject
from shared.core.rules import RULES
from shared.core.severity import Severity
from shared.core.standing import Standing, Transition
from shared.core.trail import Step

_SUBJECT_LIMIT = 100  # SNS takes no longer subject of an e-mail
_RECORDS_SHOWN = 8
_WIDTH = 92
_MARGIN = 14
_ID_LENGTH = 20


class Alert(NamedTuple):
    """One step of one finding, for one person to read. `weight` decides who hears it: of an end the gravest before."""

    finding: Finding
    revision: int
    transition: Transition
    weight: Severity
    count: str  # type: ignore[assignment]  # of what a tuple counts nobody asks here

    @property
    def alert_id(self) -> str:
        return hashlib.sha256(f"{self.finding.finding_id}\n{self.revision}".encode()).hexdigest()[:_ID_LENGTH]

    @property
    def step(self) -> str:
        """A change is announced only where the finding got graver."""
        return "worsened" if self.transition is Transition.CHANGED else self.transition.value

    @property
    def subject(self) -> str:
        finding = self.finding
        text = f"[{finding.severity}] {finding.rule} {self.step}: patient {finding.patient_id}"
        return text.encode("ascii", "replace").decode()[:_SUBJECT_LIMIT]

    @property
    def body(self) -> str:
        finding, law = self.finding, _leading(self.finding.citations)
        rows = {
            "Finding": f"{finding.rule} ({finding.severity}), {self.step}",
            "About": self.about,
            "Patient key": finding.patient_id,
            "Sessions": self.count,
            "Meaning": self.meaning,
            "What to do": self.to_do,
            "Rule": f'"{law.quote}"',
            "Source": f"{law.source}, {law.section}",
            "": law.url,
            "Records": _records(finding),
            "Reference": f"finding {finding.finding_id}, revision {self.revision}, alert {self.alert_id}",
        }
        return "".join(_row(title, text) for title, text in rows.items() if text)

    def mail(self, link: str = "") -> str:
        """The body, with the address of the finding at the desk where there is one."""
        return self.body + (_row("Open", link) if link else "")

    @property
    def about(self) -> str:
        """The claim line or visit, by the sender's own ids; the date stays behind the sign-in."""
        return _about(self.finding.subject)

    @property
    def meaning(self) -> str:
        return _meanings()[self.finding.rule]

    @property
    def to_do(self) -> str:
        return _WITHDRAWN if self.transition is Transition.WITHDRAWN else self.finding.remedy

    @property
    def event(self) -> str:
        """Its kind on the bus."""
        return f"Finding{self.step.capitalize()}"

    def detail(self, link: str = "") -> dict[str, Any]:
        """The same for machines, on the bus; events/schemas/alert.json describes it."""
        finding = self.finding
        return {
            "alert_id": self.alert_id,
            "finding_id": finding.finding_id,
            "revision": self.revision,
            "transition": self.step,
            "rule": finding.rule,
            "severity": finding.severity.value,
            "patient_id": finding.patient_id,
            "sessions": self.count,
            "records": [reference._asdict() for reference in finding.evidence],
        } | ({"link": link} if link else {})


def _row(title: str, text: str) -> str:
    """Wrapped as plain mail is, the text hanging beside its title; an address is never broken."""
    start, margin = f"{title}:" if title else "", " " * _MARGIN
    lines = textwrap.wrap(text, _WIDTH - _MARGIN, break_long_words=False, break_on_hyphens=False)
    return start.ljust(_MARGIN) + f"\n{margin}".join(lines) + "\n"


def _about(subject: Subject) -> str:
    named = {
        "claim": subject.claim_id,
        "line": subject.line_number,
        "code": subject.procedure_code,
        "visit": subject.visit_id,
    }
    return ", ".join(f"{name} {value}" for name, value in named.items() if value is not None)


_WITHDRAWN = "Nothing: later records cleared the finding. Undo what was begun because of it."


def alerts(old: Standing, new: Standing) -> tuple[Alert, ...]:
    """What changed from `old` to `new` that a person must hear: opened, reopened, graver, withdrawn."""
    return _alerts(finding_changes(old, new))


def alerts_of(step: Step) -> tuple[Alert, ...]:
    """The same from the step's entry in the trail."""
    return _alerts(step.findings)


def announced(made: Iterable[Alert], least: Severity = Severity.WARNING) -> tuple[Alert, ...]:
    """Those that are worth a message to a person; the rest goes to the bus alone."""
    return tuple(alert for alert in made if alert.weight.gravity >= least.gravity)


def _alerts(changes: Iterable[FindingChange]) -> tuple[Alert, ...]:
    made = [alert for change in changes if (alert := _alert(change))]
    return tuple(sorted(made, key=lambda alert: alert.finding.order))


def _alert(change: FindingChange) -> Alert | None:
    finding, before = change.finding, change.before
    if change.transition is Transition.CHANGED and before and _gravity(before) >= finding.severity.gravity:
        return None
    weight = change.gravest if change.transition is Transition.WITHDRAWN else finding.severity
    return Alert(finding, change.revision, change.transition, weight, change.sessions)


def _gravity(before: Plain) -> int:
    return Severity(before["severity"]).gravity


def _leading(citations: tuple[Citation, ...]) -> Citation:
    """The words of CMS where the rule rests on them."""
    return next((citation for citation in citations if citation.basis == "cms_text"), citations[0])


def _records(finding: Finding) -> str:
    names = [f"{kind} {record_id} version {version}" for kind, record_id, version in finding.evidence]
    more = len(names) - _RECORDS_SHOWN
    return "; ".join(names[:_RECORDS_SHOWN]) + (f"; and {more} more" if more > 0 else "")


@cache
def _meanings() -> dict[str, str]:
    return {rule.name: rule.means for rule in RULES}
