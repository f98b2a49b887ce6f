"""The session asked about before it takes place: the patient's history with one more, hypothetical, visit in it.

The visit copies the patient's last one for low back pain, with an id of its own and without scores. Where the date has
such a visit already, that is the one asked about and nothing is added.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from shared.core.audit import audit
from shared.core.chart import Chart
from shared.core.events import VisitRecorded
from shared.core.findings import Finding
from shared.core.history import History
from shared.core.policy import Policies
from shared.core.record import PatientRecord
from shared.core.sessions import Course, Session
from shared.core.visits import Performer, Procedure


@dataclass(frozen=True)
class Prospect:
    """What an audit says of the session on `on`. `before` is the record as it is, `chart` the one with the session."""

    patient_id: str
    history: History
    policies: Policies
    on: date
    as_of: date

    @cached_property
    def before(self) -> Chart:
        return Chart(self.history, self.policies, self.as_of)

    @cached_property
    def recorded(self) -> tuple[VisitRecorded, ...]:
        """The visits for low back pain that the date has already: those of its session, if it is one."""
        session = self.before.session_on.get(self.on)
        visits = (visit for visit in self.before.low_back_visits if visit.date_of_service == self.on)
        return (session.visits if session else ()) or tuple(visits)

    @cached_property
    def visits(self) -> tuple[VisitRecorded, ...]:
        return self.recorded or (_asked_visit(self.before, self.on),)

    @cached_property
    def supposed(self) -> History:
        """The history in which the session takes place."""
        latest = dict(self.history.latest)
        latest.update({(visit.kind, visit.record_id): visit for visit in self.visits})
        return replace(self.history, latest=latest)

    @cached_property
    def chart(self) -> Chart:
        return Chart(self.supposed, self.policies, self.as_of)

    @cached_property
    def session(self) -> Session | None:
        return self.chart.session_on.get(self.on)

    @cached_property
    def course(self) -> Course | None:
        """The course of the period in which the date falls."""
        return self.chart.course_on(self.on)

    @property
    def is_new(self) -> bool:
        """Whether the session is one more, and not on record."""
        return self.session is not None and self.on not in self.before.session_on

    @cached_property
    def findings(self) -> Collection[Finding]:
        return audit(self.patient_id, self.supposed, self.policies, self.as_of).findings.values()

    @property
    def own_findings(self) -> list[Finding]:
        """What is said of the session and of its visits."""
        ours = {visit.visit_id for visit in self.visits}
        of_date = (finding for finding in self.findings if finding.subject.date_of_service == self.on)
        return [f for f in of_date if f.subject.type == "session" or _of_visit(f, ours)]

    @property
    def caused(self) -> list[Finding]:
        """What is said of other dates only because of the session, which pushes those after it to higher numbers."""
        if self.recorded:
            return []
        said = audit(self.patient_id, self.history, self.policies, self.as_of).findings
        elsewhere = (finding for finding in self.findings if finding.subject.date_of_service != self.on)
        return [f for f in elsewhere if f.finding_id not in said or said[f.finding_id].severity is not f.severity]


def _of_visit(finding: Finding, visit_ids: Collection[str]) -> bool:
    return finding.subject.type == "visit" and finding.subject.visit_id in visit_ids


def _asked_visit(record: PatientRecord, on: date) -> VisitRecorded:
    visit_id, pattern = _free_id(record.history), _pattern(record, on)
    if pattern is None:
        return _of_a_stranger(visit_id, record, on)
    changes = {"visit_id": visit_id, "date_of_service": on, "measures": ()}
    return VisitRecorded.model_validate({**pattern.model_dump(), **changes}).as_told_by(pattern.told_by)


def _pattern(record: PatientRecord, on: date) -> VisitRecorded | None:
    """The latest needling visit for low back pain before `on`, else the latest at all."""
    visits = record.low_back_visits
    before = [visit for visit in visits if visit.date_of_service < on]
    return next(reversed(before or visits), None)


def _free_id(history: History) -> str:
    visit_id = "asked"
    while ("visit", visit_id) in history.latest:
        visit_id += "'"
    return visit_id


def _of_a_stranger(visit_id: str, record: PatientRecord, on: date) -> VisitRecorded:
    """A visit for low back pain of which nothing else is stated; its payer is the one that the claims name last."""
    claims = sorted(record.active_claims, key=lambda claim: (claim.received_on, claim.claim_id))
    policy = record.policy_on(on)
    told: dict[str, Any] = {
        "visit_id": visit_id,
        "version": 1,
        "status": "completed",
        "date_of_service": on,
        "payer": claims[-1].payer if claims else policy.payer.value,
        "diagnoses": policy.diagnosis_family.value,
        "performer": Performer.model_construct(npi="", profession="physician"),
        "procedure": Procedure(kind="dry_needling"),
        "measures": (),
    }
    # Not validated, and never stored: nobody knows yet who will hold the needle, and where.
    return VisitRecorded.model_construct(**told)
