"""What a digest says: for each patient what changed since people last heard, each finding once, as it stands by now.

Like a single alert it holds the patient key, record ids and the rule's meaning, and no diagnosis, name or date. What
was withdrawn before anybody was told of it is not told.
"""

import hashlib
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from shared.core.alerts import Alert
from shared.core.chat import Notice, Thread, notice
from shared.core.links import patient_link
from shared.core.standing import Transition

# So many fit into one message of SNS (256 KB) with the longest ids and texts there are; a test holds them to it.
MOST_EPISODES = 25
_MOST_FINDINGS = 10
_WIDTH = 92
_LONGEST_NAME = 80
_ID_LENGTH = 20
_GONE = Transition.WITHDRAWN.value
_OF_WHAT_WAS_OPEN = ("worsened", _GONE)


class Due(NamedTuple):
    """An alert that people were to hear. What does not wait was told them at once."""

    alert: Alert
    waits: bool


class News(NamedTuple):
    """A finding as it is by now, and the step that brings people there from what they knew."""

    alert: Alert
    step: str


class Episode(NamedTuple):
    """All news of one patient, the gravest first."""

    patient_id: str
    news: tuple[News, ...]


class Digest(NamedTuple):
    """One message. Its id is that of the changes it settles: sent again, it is the same one."""

    digest_id: str
    subject: str
    body: str
    chat: Notice


def episode(patient_id: str, due: Iterable[Due]) -> Episode:
    """`due`: every alert of the patient from the first that waits on, in the order of the trail."""
    by_finding: dict[str, list[Due]] = {}
    for one in due:
        by_finding.setdefault(one.alert.finding.finding_id, []).append(one)
    found = [told for steps in by_finding.values() if (told := _news(steps))]
    found.sort(key=lambda told: (-told.alert.finding.severity.gravity, told.alert.finding.order))
    return Episode(patient_id, tuple(found))


def _news(steps: Sequence[Due]) -> News | None:
    """Whoever heard of a later step at once knows all before it."""
    unheard: list[Alert] = []
    for one in steps:
        unheard = [*unheard, one.alert] if one.waits else []
    if not unheard:
        return None
    first, last = unheard[0], unheard[-1]
    if first.step in _OF_WHAT_WAS_OPEN:
        return News(last, last.step)
    return None if last.step == _GONE else News(last, first.step)


def digest(episodes: Sequence[Episode], settled: Mapping[str, Sequence[int]], desk: str) -> Digest | None:
    """None if there is nothing to say. `settled`: of each patient the numbers of the changes that it tells."""
    told = sorted((one for one in episodes if one.news), key=_gravest_first)
    if not told:
        return None
    name, count = digest_id(settled), _counted(told)
    body = "\n".join([f"Changes that were not told at once: {count}.\n", *(_block(one, desk) for one in told)])
    return Digest(name, f"[digest] {count}", f"{body}\nReference: digest {name}\n", _chat(told, name, count, desk))


def digest_id(settled: Mapping[str, Sequence[int]]) -> str:
    keys = "\n".join(f"{patient_id} {number}" for patient_id in sorted(settled) for number in settled[patient_id])
    return hashlib.sha256(keys.encode()).hexdigest()[:_ID_LENGTH]


def _gravest_first(one: Episode) -> tuple[int, str]:
    return -one.news[0].alert.finding.severity.gravity, one.patient_id


def _counted(told: Sequence[Episode]) -> str:
    findings, patients = sum(len(one.news) for one in told), len(told)
    steps = _steps(chain.from_iterable(one.news for one in told))
    return f"{_number(findings, 'finding')} of {_number(patients, 'patient')}: {steps}"


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _steps(news: Iterable[News]) -> str:
    counts = Counter(told.step for told in news)
    return ", ".join(f"{counts[step]} {step}" for step in ("opened", "reopened", "worsened", _GONE) if counts[step])


def _block(one: Episode, desk: str) -> str:
    shown, more = one.news[:_MOST_FINDINGS], len(one.news) - _MOST_FINDINGS
    lines = [f"Patient {one.patient_id}: {_steps(one.news)}", *chain.from_iterable(map(_lines, shown))]
    lines += [f"  and {more} more"] if more > 0 else []
    lines += [f"  Open: {link}"] if (link := patient_link(desk, one.patient_id)) else []
    return "\n".join(lines) + "\n"


def _lines(told: News) -> Iterable[str]:
    alert = told.alert
    finding = alert.finding
    about = alert.about if len(alert.about) <= _LONGEST_NAME else f"{alert.about[: _LONGEST_NAME - 1]}…"
    yield f"  [{finding.severity}] {finding.rule} {told.step}: {about}"
    yield from textwrap.wrap(alert.meaning, _WIDTH, initial_indent="    ", subsequent_indent="    ")
    yield f"    finding {finding.finding_id}, revision {alert.revision}"


def _chat(told: Sequence[Episode], name: str, count: str, desk: str) -> Notice:
    lines = [f"{one.patient_id}: {_named(one)}" for one in told]
    thread = Thread(f"digest-{name}", count, "FindingsDigest")
    steps = ("Open the list and work it", desk)
    return notice((f"[digest] {count}", "\n".join(lines)), thread, steps, ("digest",), {"digest_id": name})


def _named(one: Episode) -> str:
    return ", ".join(f"{told.alert.finding.rule} {told.step}" for told in one.news[:_MOST_FINDINGS])
