"""The strip chart of one period: each session by its date with number, KX and verdict, the window, and the scores.

Geometry only, in the units of the SVG's view box; the template draws it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from shared.core.chart import Chart
from shared.core.findings import Finding
from shared.core.instruments import Scale
from shared.core.sessions import Course, Session
from shared.core.severity import Severity

WIDTH = 960
LEFT, RIGHT = 84, 56
BAND_TOP, BAND_HEIGHT = 24, 64
CURVE_TOP, CURVE_HEIGHT, CURVE_GAP = 128, 72, 24
_LEAST_DAYS = 30  # a period of one session still has a width


@dataclass(frozen=True)
class Mark:
    """One session. `verdict` is the gravest finding of its date, or "clear"."""

    x: float
    on: date
    number: int
    kx: bool
    needs_kx: bool
    verdict: str

    @property
    def title(self) -> str:
        kx = "billed with KX" if self.kx else "KX needed, not billed" if self.needs_kx else "no KX"
        return f"Session {self.number} on {self.on}: {self.verdict}; {kx}"


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    on: date
    score: Decimal


@dataclass(frozen=True)
class Curve:
    """The scores of one instrument between the lines of its lowest and highest, the higher score above."""

    instrument: str
    lowest: Decimal
    highest: Decimal
    top: int
    dots: tuple[Dot, ...]

    @property
    def bottom(self) -> int:
        return self.top + CURVE_HEIGHT

    @property
    def points(self) -> str:
        return " ".join(f"{dot.x:.1f},{dot.y:.1f}" for dot in self.dots)


@dataclass(frozen=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True)
class Strip:
    """One period, ready to draw."""

    started_on: date
    window_ends_on: date
    next_from: date
    window_x: float
    window_width: float
    counted: int
    remaining: int
    elsewhere: int
    marks: tuple[Mark, ...]
    curves: tuple[Curve, ...]
    ticks: tuple[Tick, ...]

    @property
    def height(self) -> int:
        return (self.curves[-1].bottom if self.curves else BAND_TOP + BAND_HEIGHT) + 30

    @property
    def window_days(self) -> int:
        return (self.window_ends_on - self.started_on).days + 1


@dataclass(frozen=True)
class _Axis:
    first: date
    last: date

    def x(self, day: date) -> float:
        share = (day - self.first) / (self.last - self.first)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def ticks(self) -> tuple[Tick, ...]:
        months = [self.first.replace(day=1)]
        while (after := _month_after(months[-1])) <= self.last:
            months.append(after)
        every = 1 + len(months) // 14
        return tuple(Tick(self.x(day), day.strftime("%Y-%m")) for day in months[::every] if self.holds(day))


def _month_after(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def strips(chart: Chart, findings: Iterable[Finding]) -> tuple[Strip, ...]:
    """A strip for every period, in order."""
    gravest = _gravest_by_day(findings)
    return tuple(_strip(chart, course, gravest) for course in chart.courses)


def _gravest_by_day(findings: Iterable[Finding]) -> dict[date, Severity]:
    found: dict[date, Severity] = {}
    for finding in findings:
        if day := finding.subject.date_of_service:
            found[day] = max(finding.severity, found.get(day, finding.severity), key=lambda severity: severity.gravity)
    return found


def _strip(chart: Chart, course: Course, gravest: Mapping[date, Severity]) -> Strip:
    period, axis = course.period, _axis_of(chart, course)
    window_end = min(period.window_ends_on, axis.last)
    return Strip(
        started_on=period.started_on,
        window_ends_on=period.window_ends_on,
        next_from=period.next_from,
        window_x=axis.x(period.started_on),
        window_width=round(axis.x(window_end) - axis.x(period.started_on), 1),
        counted=course.counted,
        remaining=course.remaining,
        elsewhere=period.elsewhere.count if period.elsewhere else 0,
        marks=tuple(_mark(session, axis, gravest) for session in course.sessions),
        curves=tuple(_curves(chart, axis)),
        ticks=axis.ticks(),
    )


def _axis_of(chart: Chart, course: Course) -> _Axis:
    """From the baseline's days to the last session, window or score of the period, whichever is later."""
    period = course.period
    first = period.started_on - timedelta(days=chart.policy_on(period.started_on).baseline_days.value)
    days = [session.on for session in course.sessions]
    days += [score.on for series in chart.scores.values() for score in series if first <= score.on < period.next_from]
    last = max([period.window_ends_on, period.started_on + timedelta(days=_LEAST_DAYS), *days])
    return _Axis(min([period.started_on, *(day for day in days if day >= first)]) - timedelta(days=3), last)


def _mark(session: Session, axis: _Axis, gravest: Mapping[date, Severity]) -> Mark:
    verdict = gravest.get(session.on)
    return Mark(
        axis.x(session.on),
        session.on,
        session.number,
        session.attested,
        session.needs_kx,
        verdict.value if verdict else "clear",
    )


def _curves(chart: Chart, axis: _Axis) -> Iterable[Curve]:
    top = CURVE_TOP
    for instrument, series in chart.scores.items():
        shown = [assessment for assessment in series if axis.holds(assessment.on)]
        if shown:
            scale = chart.policy_on(shown[-1].on).instruments.value[instrument]
            yield _curve(instrument, [(assessment.on, assessment.score) for assessment in shown], scale, axis, top)
            top += CURVE_HEIGHT + CURVE_GAP


def _curve(instrument: str, scores: Sequence[tuple[date, Decimal]], scale: Scale, axis: _Axis, top: int) -> Curve:
    values = [score for _, score in scores]
    lowest = min(values) if scale.lowest is None else scale.lowest
    highest = max(values) if scale.highest is None else scale.highest
    span = (highest - lowest) or Decimal(1)
    dots = (
        Dot(axis.x(day), round(top + CURVE_HEIGHT * float((highest - score) / span), 1), day, score)
        for day, score in scores
    )
    return Curve(instrument, lowest, highest, top, tuple(dots))
