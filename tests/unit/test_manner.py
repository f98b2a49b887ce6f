"""How people are told, as the settings of a function say it."""

from collections.abc import Iterator
from datetime import time
from zoneinfo import ZoneInfo

import pytest

from local.surroundings import environment
from shared.aws import runtime
from shared.aws.errors import SettingMissing
from shared.aws.mailing import desk, manner
from shared.core.severity import Severity
from shared.core.telling import Manner, QuietHours

_OTHERS = {"TABLE_NAME": "t", "QUARANTINE_BUCKET": "q", "TOPIC_ARN": "a", "BUS_NAME": "b", "ALERT_MIN_SEVERITY": "info"}
_OURS = ("ALERT_AT_ONCE_SEVERITY", "DIGEST_AT", "QUIET_HOURS", "TIME_ZONE", "DESK_LINK")


@pytest.fixture(autouse=True)
def _settings() -> Iterator[None]:
    with environment(_OTHERS, _OURS):
        runtime.settings.cache_clear()
        yield
    runtime.settings.cache_clear()


def test_what_is_not_set_is_as_usual() -> None:
    assert (manner(), desk()) == (Manner(Severity.INFO, zone=ZoneInfo("UTC")), "")


def test_all_is_by_settings() -> None:
    ours = dict(zip(_OURS, ("warning", "18:30", "20:00-06:30", "America/Chicago", "https://d.example"), strict=True))
    with environment(ours):
        quiet = QuietHours(time(20), time(6, 30))
        assert manner() == Manner(Severity.INFO, Severity.WARNING, time(18, 30), ZoneInfo("America/Chicago"), quiet)
        assert desk() == "https://d.example"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QUIET_HOURS", "20:00"),
        ("QUIET_HOURS", "07:00-07:00"),
        ("QUIET_HOURS", "eight-nine"),
        ("DIGEST_AT", "25:00"),
        ("TIME_ZONE", "Mars/Olympus"),
        ("TIME_ZONE", "../etc/passwd"),
        ("ALERT_AT_ONCE_SEVERITY", "grave"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: str) -> None:
    with environment({name: value}), pytest.raises(SettingMissing, match=name):
        manner()
