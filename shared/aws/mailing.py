"""Messages to people, by the topic: plain text for mailboxes, the custom notification for chat; and how they want them.

SNS gives each kind of subscriber its own form of one message. A channel of Slack or Teams is subscribed by HTTPS
(Amazon Q Developer in chat applications); whoever is neither hears the plain text.
"""

import json
from collections.abc import Mapping
from datetime import time
from os import environ
from zoneinfo import ZoneInfo

from shared.aws.errors import SettingMissing
from shared.aws.runtime import settings, severity, sns
from shared.core.chat import Notice
from shared.core.telling import Manner, QuietHours


def mail(subject: str, text: str, chat: Notice, attributes: Mapping[str, str]) -> None:
    forms = {"default": text, "https": json.dumps(chat, ensure_ascii=False)}
    sns().publish(
        TopicArn=settings().topic_arn,
        Subject=subject,
        Message=json.dumps(forms, ensure_ascii=False),
        MessageStructure="json",
        MessageAttributes={name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()},
    )


def manner() -> Manner:
    """What template.yaml says of how people are told. Where it is silent: violations at once, a digest at seven UTC."""
    usual = Manner()
    at_once = severity("ALERT_AT_ONCE_SEVERITY") if environ.get("ALERT_AT_ONCE_SEVERITY") else usual.at_once
    digest_at = _hour("DIGEST_AT", environ["DIGEST_AT"]) if environ.get("DIGEST_AT") else usual.digest_at
    return Manner(settings().alert_min_severity, at_once, digest_at, _zone(), _quiet())


def desk() -> str:
    """Under which address officers open the desk, if an operator said so."""
    return environ.get("DESK_LINK", "")


def _zone() -> ZoneInfo:
    try:
        return ZoneInfo(environ.get("TIME_ZONE") or "UTC")
    except (LookupError, OSError, ValueError):
        raise SettingMissing("TIME_ZONE", "a time zone such as America/Chicago") from None


def _quiet() -> QuietHours | None:
    if not (said := environ.get("QUIET_HOURS")):
        return None
    begin, _, end = said.partition("-")
    hours = QuietHours(_hour("QUIET_HOURS", begin), _hour("QUIET_HOURS", end))
    if hours.begin == hours.end:
        raise SettingMissing("QUIET_HOURS", "two hours that differ, such as 20:00-07:00")
    return hours


def _hour(name: str, text: str) -> time:
    try:
        return time.fromisoformat(text.strip())
    except ValueError:
        raise SettingMissing(name, "hours of the day such as 07:00, or 20:00-07:00 for quiet hours") from None
