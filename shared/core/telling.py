"""When people hear of an alert: at once, when their quiet hours are over, or with the digest of the day.

It is decided by the moment at which the change was recorded, and not by when it is sent: whoever sends it again after
a crash decides the same.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from shared.core.alerts import Alert
from shared.core.severity import Severity


class QuietHours(NamedTuple):
    """From the one until before the other, which may be of the day after."""

    begin: time
    end: time

    def take_in(self, at: time) -> bool:
        if self.begin <= self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end


class SortedOut(NamedTuple):
    """`later` is told at `tell_at` or after; what is in neither of the two is nothing for people."""

    at_once: tuple[Alert, ...]
    later: tuple[Alert, ...]
    tell_at: datetime


class Manner(NamedTuple):
    """How people want to be told. `least`: what is milder goes to machines alone. Hours are those of `zone`."""

    least: Severity = Severity.WARNING
    at_once: Severity = Severity.VIOLATION
    digest_at: time = time(7)
    zone: tzinfo = UTC
    quiet: QuietHours | None = None

    def sort_out(self, alerts: Iterable[Alert], recorded_at: datetime) -> SortedOut:
        """The alerts of one change: if some of them wait, they wait for the earliest moment of any."""
        moments = [(alert, self._moment(alert, recorded_at)) for alert in alerts if self._heard(alert)]
        waiting = [moment for _, moment in moments if moment > recorded_at]
        return SortedOut(
            tuple(alert for alert, moment in moments if moment <= recorded_at),
            tuple(alert for alert, moment in moments if moment > recorded_at),
            min(waiting, default=recorded_at),
        )

    def _heard(self, alert: Alert) -> bool:
        return alert.weight.gravity >= self.least.gravity

    def _moment(self, alert: Alert, at: datetime) -> datetime:
        grave = alert.weight.gravity >= self.at_once.gravity
        return self.after_quiet_hours(at if grave else self._next(self.digest_at, at))

    def after_quiet_hours(self, at: datetime) -> datetime:
        if self.quiet is None or not self.quiet.take_in(at.astimezone(self.zone).time()):
            return at
        return self._next(self.quiet.end, at)

    def is_for(self, run: datetime, every: timedelta, daily: time) -> bool:
        """Whether what is told once a day, at the hour `daily` of UTC or when quiet hours are over, is for this run."""
        usual = (datetime.combine(run.astimezone(UTC) - timedelta(days=ago), daily, UTC) for ago in (0, 1))
        return any(run - every < self.after_quiet_hours(at) <= run for at in usual)

    def _next(self, hour: time, at: datetime) -> datetime:
        """Today or tomorrow. Moments are compared in UTC: on two days of a year the zone's own clock jumps."""
        today = at.astimezone(self.zone).date()
        days = (datetime.combine(today + timedelta(days=ahead), hour, self.zone) for ahead in (0, 1))
        return next(moment for moment in (day.astimezone(UTC) for day in days) if moment > at)
