"""The chart the rules read: a patient's records as courses of treatment, with the progress shown at each session."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from itertools import pairwise

from shared.core.billing import Billing
from shared.core.calendar import days_after
from shared.core.events import Snapshot
from shared.core.improvement import (
    Assessment,
    Change,
    Progress,
    Scores,
    baselines_of,
    first_better,
    progress_at,
    score_on,
    scores_of,
)
from shared.core.record import PatientRecord
from shared.core.sessions import Course, Session, courses_of


class Chart(PatientRecord):
    """A patient's record with its courses; what several rules ask of a session is worked out once."""

    @cached_property
    def billing(self) -> Billing:
        return Billing(self)

    @cached_property
    def courses(self) -> tuple[Course, ...]:
        return courses_of(self)

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        return tuple(session for course in self.courses for session in course.sessions)

    @cached_property
    def kx_sessions(self) -> tuple[Session, ...]:
        """Those whose number needs the attestation of improvement."""
        return tuple(session for session in self.sessions if session.needs_kx)

    @cached_property
    def session_on(self) -> Mapping[date, Session]:
        return {session.on: session for session in self.sessions}

    @cached_property
    def _course_index(self) -> Mapping[date, int]:
        return {course.period.started_on: index for index, course in enumerate(self.courses)}

    def course_on(self, day: date) -> Course | None:
        """The course whose period holds the day."""
        at = bisect_right(self.courses, day, key=lambda course: course.period.started_on)
        return self.courses[at - 1] if at and day < self.courses[at - 1].period.next_from else None

    def course_of(self, session: Session) -> Course:
        return self.courses[self._course_index[session.period.started_on]]

    def session_before(self, session: Session) -> Session | None:
        """The one before it in its period."""
        return self._session_before.get(session.on)

    @cached_property
    def _session_before(self) -> Mapping[date, Session]:
        pairs = (pair for course in self.courses for pair in pairwise(course.sessions))
        return {later.on: earlier for earlier, later in pairs}

    def course_before(self, session: Session) -> Course | None:
        index = self._course_index[session.period.started_on]
        return self.courses[index - 1] if index else None

    def counting(self, session: Session) -> tuple[Snapshot, ...]:
        """The records that make the session's number: its own, then of those before as far as the limit."""
        course = self.course_of(session)
        elsewhere = course.period.elsewhere
        before = (other for other in course.sessions[: course.annual_sessions] if other.on < session.on)
        records = [record for other in (session, *before) for record in other.records]
        return (*records, elsewhere.source) if elsewhere else tuple(records)

    @cached_property
    def scores(self) -> Scores:
        return scores_of(self)

    def score_of(self, instrument: str, day: date) -> Assessment:
        """The score that counts of an instrument on a date on which there is one."""
        return score_on(self.scores, instrument, day)

    @cached_property
    def _baselines(self) -> dict[date, Mapping[str, Assessment]]:
        return {}

    def baselines(self, session: Session) -> Mapping[str, Assessment]:
        """The baselines of the session's period."""
        started = session.period.started_on
        if started not in self._baselines:
            self._baselines[started] = baselines_of(self.scores, session.period, self.policy_on(started))
        return self._baselines[started]

    def compared(self, session: Session) -> tuple[Snapshot, ...]:
        """The scores compared at the session, and baselines that nothing followed."""
        baselines = (baseline.source for baseline in self.baselines(session).values())
        return (*self.progress(session).records, *baselines)

    @cached_property
    def _days_of_scores(self) -> list[date]:
        return sorted({score.on for series in self.scores.values() for score in series})

    @cached_property
    def _progress(self) -> dict[tuple[date, int, int], Progress]:
        return {}

    @cached_property
    def _shown(self) -> dict[date, Progress]:
        return {}

    def progress(self, session: Session) -> Progress:
        """What is shown on the date of the session; its own scores count."""
        if session.on not in self._shown:
            self._shown[session.on] = self._progress_through(session, session.on)
        return self._shown[session.on]

    def progress_before(self, session: Session) -> Progress:
        """What was shown as the patient came in: the scores before the date of the session."""
        return self._progress_through(session, days_after(session.on, -1))

    def _progress_through(self, session: Session, through: date) -> Progress:
        # Until another score is taken, and under one policy, it stays what it was.
        key = session.period.started_on, bisect_right(self._days_of_scores, through), id(session.policy)
        if key not in self._progress:
            self._progress[key] = progress_at(self.scores, self.baselines(session), through, session.policy)
        return self._progress[key]

    def scores_through(self, session: Session) -> int:
        """How many scores were taken up to the session."""
        return bisect_right(self._days_of_scores, session.on)

    def first_better(self, session: Session) -> Change | None:
        """The first gain over a baseline up to the session, lost again or not."""
        return first_better(self.scores, self.baselines(session), session.on, session.policy)
