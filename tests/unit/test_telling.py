"""When people hear of an alert: at once, after their quiet hours, or with the digest of the day."""

from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.severity import Severity
from shared.core.telling import Manner, QuietHours, SortedOut
from tests.builders import a_course
from tests.unit.test_alerts_text import alert_of

ALERT = alert_of("KX_MISSING", *a_course(13, kx_from=None))
CHICAGO = ZoneInfo("America/Chicago")
NIGHT = QuietHours(time(20), time(6, 30))
_VIOLATION, _WARNING, _INFO = Severity.VIOLATION, Severity.WARNING, Severity.INFO
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def sorted_out(severity: str, manner: Manner, at: datetime = NOON) -> SortedOut:
    return manner.sort_out([ALERT._replace(weight=Severity(severity))], at)


def when(severity: str, manner: Manner, at: datetime = NOON) -> str:
    heard = sorted_out(severity, manner, at)
    return "now" if heard.at_once else heard.tell_at.isoformat()[:16] if heard.later else "never"


def test_where_nothing_is_said_violations_come_at_once_warnings_with_the_digest_and_infos_never() -> None:
    told = [when(severity, Manner()) for severity in ("violation", "warning", "info")]
    assert told == ["now", "2026-06-02T07:00", "never"]


@pytest.mark.parametrize(
    ("least", "at_once", "told"),
    [
        ("info", "info", ["now", "now", "now"]),
        ("info", "warning", ["now", "now", "2026-06-02T07:00"]),
        ("violation", "violation", ["now", "never", "never"]),
        ("violation", "info", ["now", "never", "never"]),
    ],
)
def test_severities_are_by_settings(least: str, at_once: str, told: list[str]) -> None:
    manner = Manner(Severity(least), Severity(at_once))
    assert [when(severity, manner) for severity in ("violation", "warning", "info")] == told


@pytest.mark.parametrize(("minutes", "day"), [(-1, "2026-06-01"), (0, "2026-06-02"), (1, "2026-06-02")])
def test_what_comes_with_the_hour_of_the_digest_waits_for_the_next(minutes: int, day: str) -> None:
    at = datetime(2026, 6, 1, 7, tzinfo=UTC) + timedelta(minutes=minutes)
    assert when("warning", Manner(), at) == f"{day}T07:00"


@pytest.mark.parametrize(
    ("local", "told"),
    [
        ((1, 19, 59), "now"),
        ((1, 20, 0), "2026-06-02T11:30"),
        ((2, 0, 0), "2026-06-02T11:30"),
        ((2, 6, 29), "2026-06-02T11:30"),
        ((2, 6, 30), "now"),
    ],
)
def test_quiet_hours_past_midnight_are_those_of_the_zone(local: tuple[int, int, int], told: str) -> None:
    at = datetime(2026, 6, *local, tzinfo=CHICAGO)
    assert when("violation", Manner(zone=CHICAGO, quiet=NIGHT), at) == told


@pytest.mark.parametrize(
    ("hour", "told"), [(11, "now"), (12, "2026-06-01T14:00"), (13, "2026-06-01T14:00"), (14, "now")]
)
def test_quiet_hours_within_a_day(hour: int, told: str) -> None:
    manner = Manner(quiet=QuietHours(time(12), time(14)))
    assert when("violation", manner, NOON.replace(hour=hour)) == told


def test_quiet_hours_that_end_as_they_begin_are_none() -> None:
    assert when("violation", Manner(quiet=QuietHours(time(12), time(12)))) == "now"


def test_a_digest_in_quiet_hours_comes_after_them() -> None:
    assert when("warning", Manner(digest_at=time(5), quiet=NIGHT)) == "2026-06-02T06:30"


def test_what_waits_of_one_change_waits_for_the_earliest_moment() -> None:
    both = [ALERT._replace(weight=severity) for severity in (_VIOLATION, _WARNING)]
    heard = Manner(quiet=NIGHT).sort_out(both, NOON.replace(hour=22))
    assert (heard.at_once, heard.later, heard.tell_at.hour) == ((), tuple(both), 6)


def test_of_one_change_some_come_at_once_some_wait_and_some_are_not_told() -> None:
    grave, mild, least = (ALERT._replace(weight=severity) for severity in (_VIOLATION, _WARNING, _INFO))
    digest_at = datetime(2026, 6, 2, 7, tzinfo=UTC)
    assert Manner().sort_out([mild, least, grave], NOON) == ((grave,), (mild,), digest_at)
    assert Manner().sort_out([least, grave], NOON) == ((grave,), (), NOON)


def test_the_day_is_that_of_the_zone_and_the_moment_is_of_utc() -> None:
    heard = sorted_out("warning", Manner(digest_at=time(22), zone=CHICAGO), datetime(2026, 6, 2, 2, tzinfo=UTC))
    assert heard.tell_at == datetime(2026, 6, 1, 22, tzinfo=CHICAGO)
    assert heard.tell_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("recorded", "hour", "told"),
    [
        pytest.param("2026-03-08T01:30", time(2, 30), "2026-03-08T08:30", id="2:30 is skipped: it is 3:30"),
        pytest.param("2026-11-01T00:30", time(1, 30), "2026-11-01T06:30", id="1:30 comes twice: the first"),
    ],
)
def test_an_hour_that_the_clock_skips_or_repeats_has_its_digest(recorded: str, hour: time, told: str) -> None:
    at = datetime.fromisoformat(recorded).replace(tzinfo=CHICAGO)
    assert when("warning", Manner(digest_at=hour, zone=CHICAGO), at) == told


@pytest.mark.parametrize("hours", range(0, 48, 5))
def test_nobody_waits_longer_than_a_day_and_a_night(hours: int) -> None:
    at = NOON + timedelta(hours=hours)
    heard = sorted_out("warning", Manner(zone=CHICAGO, quiet=NIGHT), at)
    assert at < heard.tell_at <= at + timedelta(hours=36)


DAILY, EVERY = time(11), timedelta(minutes=15)


def runs(manner: Manner, days: int = 3) -> list[str]:
    """Which of the runs of some days tell what is told once a day."""
    every = [datetime(2026, 6, 1, tzinfo=UTC) + EVERY * number for number in range(days * 96)]
    return [run.isoformat()[8:16] for run in every if manner.is_for(run, EVERY, DAILY)]


@pytest.mark.parametrize(
    ("quiet", "told"),
    [
        (None, "11:00"),
        (QuietHours(time(20), time(6)), "11:00"),
        (QuietHours(time(20), time(6, 1)), "11:15"),
        (NIGHT, "11:30"),
        (QuietHours(time(6), time(18)), "23:00"),
        (QuietHours(time(6), time(18, 59)), "00:00"),
        (QuietHours(time(6), time(5)), "10:00"),
    ],
)
def test_what_is_told_once_a_day_waits_for_the_end_of_quiet_hours(quiet: QuietHours | None, told: str) -> None:
    """11:00 UTC is 06:00 in Chicago; what waits past midnight of UTC is told on the day after."""
    days = ("02", "03") if told < "11:00" else ("01", "02", "03")
    assert [run for run in runs(Manner(zone=CHICAGO, quiet=quiet)) if run[:2] in days] == [f"{d}T{told}" for d in days]


def test_a_run_is_the_same_by_any_clock() -> None:
    run = datetime(2026, 6, 1, 11, tzinfo=UTC)
    assert Manner().is_for(run.astimezone(timezone(timedelta(hours=-12))), EVERY, DAILY)


def test_it_is_told_once_on_the_days_on_which_the_clocks_change() -> None:
    manner = Manner(zone=CHICAGO, quiet=NIGHT)
    for change in (datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)):
        every = [change - timedelta(days=2) + EVERY * number for number in range(5 * 96)]
        told = [run for run in every if manner.is_for(run, EVERY, DAILY)]
        assert [run.astimezone(CHICAGO).time() for run in told] == [time(6, 30)] * 5


@given(begin=st.integers(0, 95), length=st.integers(1, 95), ahead=st.integers(-48, 56))
def test_it_is_told_by_one_run_a_day_and_never_in_quiet_hours(begin: int, length: int, ahead: int) -> None:
    hours = [(datetime(2026, 6, 1, tzinfo=UTC) + EVERY * quarter).time() for quarter in (begin, begin + length)]
    zone, quiet = timezone(EVERY * ahead), QuietHours(*hours)
    every = [datetime(2026, 6, 1, 11, tzinfo=UTC) + EVERY * number for number in range(3 * 96)]
    told = [run for run in every if Manner(zone=zone, quiet=quiet).is_for(run, EVERY, DAILY)]
    assert len(told) == 3
    assert not any(quiet.take_in(run.astimezone(zone).time()) for run in told)
