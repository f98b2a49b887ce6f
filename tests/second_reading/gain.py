"""Frequency and improvement: what is said of each session and its covered lines."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from tests.second_reading.courses import Course, courses
from tests.second_reading.patient import Patient
from tests.second_reading.scores import Series, Shown, baselines, series_of, shown
from tests.second_reading.words import Found, Line, days, session


def of_courses(patient: Patient) -> Iterator[Found]:
    series, found = series_of(patient), courses(patient)
    for course in found:
        for day, number in course.numbers.items():
            lines = [line for line in patient.ncd if line.on == day and line.counts]
            failures = list(failed(course, day, number, series))
            yield from failures
            yield from frequency(course, day, number, shown(course, series, day), lines)
            if any(severity == "violation" for _, severity, _ in failures):
                yield from (("KX_UNSUPPORTED", "violation", line.subject) for line in lines if line.carries("KX"))
        if course.own and not baselines(course, series):
            yield "NO_BASELINE", "warning", session(course.own[0])
    for before, course in pairwise(found):
        within = [(day, number) for day, number in before.numbers.items() if number <= 20]
        if course.own and within and any(failed(before, *within[-1], series)):
            yield "PRIOR_COURSE_FAILED", "info", session(course.own[0])


def frequency(course: Course, day: date, number: int, shows: Shown, lines: list[Line]) -> Iterator[Found]:
    attested = any(line.carries("KX") for line in lines)
    for line in lines:
        if 13 <= number <= 20 and not line.carries("KX"):
            yield "KX_MISSING", "violation", line.subject
        if number <= 12 and line.carries("KX"):
            yield "KX_UNNEEDED", "warning", line.subject
    if number <= 12 and day > course.start + days(89):
        yield "OUTSIDE_INITIAL_WINDOW", "info" if shows.gained or attested else "warning", session(day)
    if number > 20:
        yield "OVER_ANNUAL_LIMIT", "violation", session(day)
    if 13 <= number <= 20:
        yield from doubts(day, shows)


def doubts(day: date, shows: Shown) -> Iterator[Found]:
    if shows.word == "some":
        yield "IMPROVEMENT_BELOW_MIC", "warning", session(day)
    if shows.gained and shows.newest and day - shows.newest > days(90):
        yield "IMPROVEMENT_STALE", "warning", session(day)
    if shows.word == "improved" and shows.one_is_worse:
        yield "IMPROVEMENT_CONFLICTING", "warning", session(day)


def failed(course: Course, day: date, number: int, series: dict[str, Series]) -> Iterator[Found]:
    now, before = shown(course, series, day), shown(course, series, day - days(1))
    if 13 <= number <= 20 and not now.gained:
        if not now.was_better:
            yield "IMPROVEMENT_MISSING", "violation", session(day)
        else:
            yield "CONTINUED_AFTER_REGRESSION", "warning" if before.gained else "violation", session(day)
    if 2 <= number <= 12 and now.word == before.word == "worse":
        yield "CONTINUED_AFTER_REGRESSION", "warning", session(day)
