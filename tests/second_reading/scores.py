"""Baseline, evidence and improvement."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.second_reading.courses import Course
from tests.second_reading.patient import Patient
from tests.second_reading.words import days

# Lower is better, minimal important change, whether 30 % are accepted.
INSTRUMENTS = {
    "NRS": (True, 2, True),
    "VAS": (True, 15, True),
    "ODI": (True, 10, True),
    "RMDQ": (True, 5, True),
    "PEG": (True, 1, False),
    "QBPDS": (True, 20, True),
    "PROMIS-PI": (True, 3, False),
    "PROMIS-PF": (False, 3, False),
}
Series = dict[date, Decimal]


@dataclass(frozen=True)
class Shown:
    """What the scores show on a date: a word of rules.md, and what some rules ask beside it."""

    word: str
    one_is_worse: bool
    newest: date | None
    was_better: bool

    @property
    def gained(self) -> bool:
        return self.word in ("improved", "some")


def series_of(patient: Patient) -> dict[str, Series]:
    """A visit's score stands before a measure's, then that of the greater record id."""
    series: dict[str, Series] = {name: {} for name in INSTRUMENTS}
    for measure in sorted(patient.measures, key=lambda measure: measure.measure_id):
        series[measure.instrument][measure.assessed_on] = measure.score
    for visit in sorted(patient.visits, key=lambda visit: visit.visit_id):
        for score in visit.measures:
            series[score.instrument][score.assessed_on] = score.score
    return series


def baselines(course: Course, series: dict[str, Series]) -> dict[str, date]:
    first = course.own[0]
    known = {
        name: [day for day in scores if course.start - days(30) <= day <= first] for name, scores in series.items()
    }
    pick = min if course.start < first else max
    return {name: pick(taken) for name, taken in known.items() if taken}


def shown(course: Course, series: dict[str, Series], through: date) -> Shown:
    words, newest, was_better = set(), [], False
    for name, base in baselines(course, series).items():
        later = sorted(day for day in series[name] if base < day <= through)
        if not later:
            continue
        said = [change(name, series[name][base], series[name][day]) for day in later]
        words.add(said[-1])
        newest.append(later[-1])
        was_better = was_better or "improved" in said or "some" in said
    word = next((word for word in ("improved", "some", "worse") if word in words), "none")
    return Shown(word, "worse" in words, max(newest, default=None), was_better)


def change(name: str, base: Decimal, score: Decimal) -> str:
    lower, important, percent = INSTRUMENTS[name]
    gain = base - score if lower else score - base
    if gain > 0 and base != 0:  # a zero baseline cannot improve
        return "improved" if gain >= important or (percent and 10 * gain >= 3 * base) else "some"
    return "worse" if -gain >= important else "none"
