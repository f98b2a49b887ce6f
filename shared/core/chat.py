"""What a channel of Slack or Teams is shown: the custom notification of Amazon Q Developer in chat applications.

Everything of one patient is one thread. A channel is read by more people than a mailbox: no record id is in it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from shared.core.alerts import Alert

Notice = dict[str, Any]
_LONGEST = 2_000  # characters of a text: a channel is glanced at, the mail and the desk say the rest


class Thread(NamedTuple):
    """What notices belong together, and what this one of them is in a few words."""

    id: str
    summary: str
    event: str


def notice(
    said: Sequence[str], thread: Thread, next_steps: Sequence[str], about: Sequence[str], context: Mapping[str, str]
) -> Notice:
    """`said` is the title and the text, `about` the keywords; of `context` the first is what it is all about."""
    title, text = said
    return {
        "version": "1.0",
        "source": "custom",
        "content": {
            "textType": "client-markdown",
            "title": title,
            "description": text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…",
            "nextSteps": [step for step in next_steps if step],
            "keywords": list(about),
        },
        "metadata": {
            "threadId": thread.id,
            "summary": thread.summary,
            "eventType": thread.event,
            "relatedResources": list(context.values())[:1],
            "additionalContext": dict(context),
        },
    }


def of_alert(alert: Alert, link: str) -> Notice:
    finding = alert.finding
    return notice(
        (alert.subject, alert.meaning),
        Thread(finding.patient_id, f"{finding.rule} {alert.step}", alert.event),
        (alert.to_do, link),
        (finding.rule, finding.severity.value),
        {"finding_id": finding.finding_id, "revision": str(alert.revision), "alert_id": alert.alert_id},
    )
