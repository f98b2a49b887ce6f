"""What an EHR shows before a visit: the coverage answer as a card of CDS Hooks 2.0, short, with what to do about it.

What the record shows to be wrong is critical, what must be done or is not on record a warning, the rest information.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.core.coverage import Answer, Coverage, Reason
from shared.core.policy import Policies

_LONGEST_SUMMARY = 139  # "less than 140 characters"
_REASONS_SHOWN = 5
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|!~])")
_OVERRIDES = "urn:ncd-audit:override-reason"
Indicator = Literal["info", "warning", "critical"]
_INDICATORS: dict[Answer, Indicator] = {
    Answer.YES: "info",
    Answer.YES_WITH_KX: "warning",
    Answer.NO: "critical",
    Answer.NOT_ENOUGH_INFORMATION: "warning",
}


class Hooked(BaseModel):
    """Written as CDS Hooks writes it; what it may add, and we do not read, is let in."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, defer_build=True)


class Source(Hooked):
    label: str
    url: str


class Link(Hooked):
    label: str
    url: str
    type: Literal["absolute"] = "absolute"


class OverrideReason(Hooked):
    code: str
    system: str = _OVERRIDES
    display: str


class Card(Hooked):
    uuid: str
    summary: Annotated[str, Field(max_length=_LONGEST_SUMMARY)]
    detail: str
    indicator: Indicator
    source: Source
    links: list[Link] = []
    override_reasons: list[OverrideReason] = []


# Why a person goes on although the card says no, or says that something is missing.
OVERRIDES = (
    OverrideReason(code="notice", display="The patient signed a notice of liability (ABN) and wants the session"),
    OverrideReason(code="on-paper", display="What is missing is on paper and will be recorded"),
    OverrideReason(code="elsewhere", display="Another payer is asked, not Original Medicare"),
    OverrideReason(code="disagree", display="The answer is wrong: tell the compliance officer"),
)


def card(told: Coverage, law: Policies, uuid: str, desk: str = "") -> Card:
    """`desk`: the address of the patient there, if there is one."""
    indicator = _INDICATORS[told.answer]
    return Card(
        uuid=uuid,
        summary=_summary(told)[:_LONGEST_SUMMARY],
        detail="\n".join(_detail(told)),
        indicator=indicator,
        source=_source(told, law),
        links=[Link(label="Open the patient at the compliance desk", url=desk)] if desk else [],
        override_reasons=[] if indicator == "info" else list(OVERRIDES),
    )


def _source(told: Coverage, law: Policies) -> Source:
    [citation, *_] = law.citations(("annual_sessions",), told.on)
    return Source(label=law.id, url=citation.url)


def _summary(told: Coverage) -> str:
    session = f"Session {told.session_number} on {told.on}" if told.session_number else f"A session on {told.on}"
    match told.answer:
        case Answer.YES:
            return f"{session}: covered. {told.sessions_left} left in the period."
        case Answer.YES_WITH_KX:
            return f"{session}: covered only with KX on every needling line."
        case Answer.NO:
            first = next(reason for reason in told.reasons if reason.severity == "violation")
            return f"{session}: not covered. {first.message}"
    # An open question always names what leaves it open.
    return f"{session}: the record does not say whether it is covered. Missing: {told.missing[0]}."


def _detail(told: Coverage) -> Iterator[str]:
    began = f" in the period from {told.period_started_on}" if told.period_started_on else ""
    used = f"{told.sessions_used} session{'' if told.sessions_used == 1 else 's'}"
    yield f"{used} used, {told.sessions_left} left{began}."
    if told.next_period_from:
        yield f"The next period can begin {told.next_period_from}."
    yield from _listed("Not on record", told.missing)
    yield from _listed("Why, and what to do", _lines(told.reasons))
    yield from _listed("It would push other sessions over a limit", _lines(told.consequences))


def _lines(reasons: Sequence[Reason]) -> list[str]:
    return [f"{reason.message} {reason.remedy}" for reason in reasons]


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    if not lines:
        return
    yield f"\n**{title}**\n"
    yield from (f"- {_plain(line)}" for line in lines[:_REASONS_SHOWN])
    if (more := len(lines) - _REASONS_SHOWN) > 0:
        yield f"- and {more} more"


def _plain(text: str) -> str:
    """Ids of records come from outside: nothing in them is markdown."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
