"""Is the patient shown to improve? Baseline, evidence and what they say together (rules.md, Words; AMB-5).

CMS names no measure and no threshold. Instruments are compared with themselves only and never averaged.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from shared.core.calendar import days_after
from shared.core.events import MeasureRecorded, VisitRecorded
from shared.core.instruments import Scale
from shared.core.record import PatientRecord
from shared.core.sessions import Period
from shared.core.settings import Policy


class Level(StrEnum):
    IMPROVED = "improved"
    SOME = "some"
    NONE = "none"
    WORSE = "worse"

    @property
    def shown(self) -> bool:
        """Some improvement, of whatever size."""
        return self in (Level.IMPROVED, Level.SOME)


class Assessment(NamedTuple):
    """One score, and the record that holds it."""

    on: date
    score: Decimal
    source: VisitRecorded | MeasureRecorded


Scores = Mapping[str, Sequence[Assessment]]  # by instrument, by date, one a date


class Change(NamedTuple):
    """An instrument's evidence against its baseline; `gain` is positive when better."""

    instrument: str
    baseline: Assessment
    evidence: Assessment
    gain: Decimal
    important: bool
    worse: bool

    @property
    def better(self) -> bool:
        # "A zero baseline cannot improve", whichever way the instrument counts.
        return self.gain > 0 and self.baseline.score != 0

    @property
    def improved(self) -> bool:
        return self.better and self.important

    def __str__(self) -> str:
        before, after = self.baseline, self.evidence
        return f"{self.instrument} {before.score} ({before.on}) to {after.score} ({after.on})"


class Progress(NamedTuple):
    """What all instruments say together on one date."""

    level: Level
    changes: tuple[Change, ...]

    @property
    def newest(self) -> date:
        """Of progress that was shown, and so by some change."""
        return max(change.evidence.on for change in self.changes)

    @property
    def records(self) -> tuple[VisitRecorded | MeasureRecorded, ...]:
        return tuple(source for change in self.changes for source in (change.baseline.source, change.evidence.source))

    def __str__(self) -> str:
        return "; ".join(map(str, self.changes)) or "no score to compare with a baseline"


def scores_of(record: PatientRecord) -> Scores:
    """All scores that count: from final measures and completed visits, by instrument and date of assessment.

    Of two on one date the visit's stands, then the greater record id; of two in one visit the last listed.
    """
    ranked: defaultdict[str, dict[date, Assessment]] = defaultdict(dict)
    for measure in record.history.measures:  # by id: the greater overwrites
        if measure.status == "final":
            ranked[measure.instrument][measure.assessed_on] = Assessment(measure.assessed_on, measure.score, measure)
    for visit in sorted(record.completed_visits, key=lambda visit: visit.visit_id):
        for score in visit.measures:
            ranked[score.instrument][score.assessed_on] = Assessment(score.assessed_on, score.score, visit)
    return {name: [by_day[day] for day in sorted(by_day)] for name, by_day in sorted(ranked.items())}


def score_on(scores: Scores, instrument: str, day: date) -> Assessment:
    """The score that counts of an instrument on a date on which there is one."""
    return within(scores[instrument], day, day)[0]


def baselines_of(scores: Scores, period: Period, policy: Policy) -> dict[str, Assessment]:
    """Each instrument's baseline: its latest score up to the first own session, not older than the policy allows.

    Where the period began elsewhere the earliest since then: treatment had already begun when we first measured.
    """
    if period.first_own is None:
        return {}
    since = days_after(period.started_on, -policy.baseline_days.value)
    known = {name: within(series, since, period.first_own) for name, series in scores.items()}
    pick = 0 if period.begun_elsewhere else -1
    return {name: series[pick] for name, series in known.items() if series}


def within(series: Sequence[Assessment], first: date, last: date) -> Sequence[Assessment]:
    return series[bisect_left(series, first, key=_day) : bisect_right(series, last, key=_day)]


def _day(assessment: Assessment) -> date:
    return assessment.on


def progress_at(scores: Scores, baselines: Mapping[str, Assessment], through: date, policy: Policy) -> Progress:
    """Baselines against the latest scores after them, assessed on or before `through`."""
    pairs = ((name, base, _latest_after(scores[name], base, through)) for name, base in baselines.items())
    changes = tuple(change_of(name, base, latest, policy) for name, base, latest in pairs if latest)
    return Progress(_level(changes, policy), changes)


def first_better(scores: Scores, baselines: Mapping[str, Assessment], through: date, policy: Policy) -> Change | None:
    """A score after its baseline and on or before `through` that was better than it, if there is any."""
    changes = (
        change_of(name, base, later, policy)
        for name, base in baselines.items()
        for later in within(scores[name], days_after(base.on, 1), through)
    )
    return next((change for change in changes if _counts(change, policy)), None)


def _latest_after(series: Sequence[Assessment], base: Assessment, through: date) -> Assessment | None:
    latest = bisect_right(series, through, key=_day)
    return series[latest - 1] if latest and series[latest - 1].on > base.on else None


def change_of(name: str, base: Assessment, evidence: Assessment, policy: Policy) -> Change:
    scale = policy.instruments.value[name]
    gain = scale.gain(base.score, evidence.score)
    important = gain >= scale.important_change or _percent_reached(scale, base.score, gain, policy)
    return Change(name, base, evidence, gain, important, worse=-gain >= scale.important_change)


def _percent_reached(scale: Scale, baseline: Decimal, gain: Decimal, policy: Policy) -> bool:
    # In hundredths, so that no division rounds: 3 of 10 is exactly 30 %.
    return scale.percent_accepted and gain * _HUNDRED >= baseline * policy.improvement_percent.value


_HUNDRED = Decimal("1E2")


def _counts(change: Change, policy: Policy) -> bool:
    """Whether a change is an improvement at all under the standard in force (AMB-5)."""
    return change.improved if policy.improvement_standard.value == "important" else change.better


def _level(changes: Sequence[Change], policy: Policy) -> Level:
    better = [change for change in changes if change.better]
    if any(change.important for change in better):
        return Level.IMPROVED
    if better:
        # One that is better by less than the standard asks still speaks against "worse".
        return Level.SOME if policy.improvement_standard.value == "any" else Level.NONE
    return Level.WORSE if any(change.worse for change in changes) else Level.NONE
