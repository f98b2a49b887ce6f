"""A digest word for word, what it leaves out, and that the largest one fits into a message."""

import json
from collections.abc import Sequence
from dataclasses import replace
from textwrap import dedent

import pytest

from shared.core.alert_event import AlertEvent
from shared.core.alerts import Alert
from shared.core.chat import Thread, notice, of_alert
from shared.core.digest import MOST_EPISODES, Digest, Due, Episode, News, digest, digest_id, episode
from shared.core.links import finding_link, patient_link
from shared.core.severity import Severity
from shared.core.standing import Transition
from tests.builders import a_course
from tests.unit.encounters import billed_alone, lines
from tests.unit.test_alerts_text import alert_of

KX = alert_of("KX_MISSING", *a_course(13, kx_from=None))
BASELINE = alert_of("NO_BASELINE", *a_course(1, scores={}))
STEPS = {"opened": Transition.OPENED, "worsened": Transition.CHANGED, "withdrawn": Transition.WITHDRAWN}
STEPS |= {"reopened": Transition.REOPENED}
DESK = "https://desk.example/"


def a_digest(*due: Due, desk: str = "") -> Digest:
    made = digest([episode("P-1", due)], {"P-1": (3, 4)}, desk)
    assert made
    return made


def news(*steps: str, at_once: Sequence[int] = ()) -> list[str]:
    """What a digest says of one finding that took these steps; those by their place were told at once."""
    told = [BASELINE._replace(revision=n, transition=STEPS[step]) for n, step in enumerate(steps, 1)]
    found = episode("P-1", [Due(alert, waits=n not in at_once) for n, alert in enumerate(told)]).news
    assert all(one.alert.revision == len(steps) for one in found)
    return [one.step for one in found]


def test_a_digest_in_full() -> None:
    made = a_digest(Due(BASELINE, waits=True), Due(KX, waits=True), desk=DESK)
    assert made.subject == "[digest] 2 findings of 1 patient: 2 opened"
    assert made.body == dedent("""\
        Changes that were not told at once: 2 findings of 1 patient: 2 opened.

        Patient P-1: 2 opened
          [violation] KX_MISSING opened: claim C-1-13, line 1, code 20560, visit V-1-13
            A session that needs the KX attestation of improvement is billed without it.
            finding 16990be7d369fea053d9, revision 1
          [warning] NO_BASELINE opened: visit V-1-01
            No outcome score was taken at the start, so improvement can never be shown.
            finding 4f93bda5498f5dc036d8, revision 1
          Open: https://desk.example/#/patients/P-1

        Reference: digest 6e963794899c8d36d314
        """)


def test_a_digest_of_two_patients_in_a_channel() -> None:
    of_two = (News(KX._replace(transition=Transition.CHANGED), "worsened"), News(BASELINE, "reopened"))
    told = [Episode("P-1", (News(BASELINE, "opened"),)), Episode("P-2", of_two)]
    made = digest(told, {"P-1": (1,), "P-2": (2, 3)}, DESK)
    assert made
    count = "3 findings of 2 patients: 1 opened, 1 reopened, 1 worsened"
    assert made.digest_id == digest_id({"P-1": (1,), "P-2": (2, 3)})
    assert made.chat["content"] == {
        "textType": "client-markdown",
        "title": f"[digest] {count}",
        "description": "P-2: KX_MISSING worsened, NO_BASELINE reopened\nP-1: NO_BASELINE opened",
        "nextSteps": ["Open the list and work it", "https://desk.example/"],
        "keywords": ["digest"],
    }
    assert made.chat["metadata"] == {
        "threadId": f"digest-{made.digest_id}",
        "summary": count,
        "eventType": "FindingsDigest",
        "relatedResources": [made.digest_id],
        "additionalContext": {"digest_id": made.digest_id},
    }


@pytest.mark.parametrize(("longer", "said"), [(0, "visit V-1-13"), (1, "visit V-1-…")])
def test_the_names_of_records_fill_no_more_than_a_line(longer: int, said: str) -> None:
    length = 80 - len(KX.about) + len("C-1-13") + longer
    subject = KX.finding.subject._replace(claim_id="C" * length)
    line = a_digest(Due(KX._replace(finding=replace(KX.finding, subject=subject)), waits=True)).body.splitlines()[3]
    about = line.removeprefix("  [violation] KX_MISSING opened: ")
    assert about.endswith(said)
    assert len(about) == 80


def test_a_meaning_of_two_lines_is_indented_and_without_a_desk_nothing_is_to_be_opened() -> None:
    mod25 = alert_of("MOD25_MISSING", *billed_alone(*lines("20560", "99213")))
    assert a_digest(Due(mod25, waits=True)).body.splitlines()[3:] == [
        "  [violation] MOD25_MISSING opened: claim C, line 1, code 20560",
        "    An evaluation and a needling of one date are billed without modifier 25: one of them",
        "    will not be paid.",
        f"    finding {mod25.finding.finding_id}, revision 1",
        "",
        f"Reference: digest {digest_id({'P-1': (3, 4)})}",
    ]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (["opened"], ["opened"]),
        (["opened", "withdrawn"], []),
        (["opened", "worsened"], ["opened"]),
        (["opened", "withdrawn", "reopened"], ["opened"]),
        (["opened", "withdrawn", "reopened", "withdrawn"], []),
        (["reopened", "withdrawn"], []),
        (["worsened"], ["worsened"]),
        (["worsened", "withdrawn"], ["withdrawn"]),
        (["withdrawn"], ["withdrawn"]),
        (["withdrawn", "reopened"], ["reopened"]),
        (["withdrawn", "reopened", "withdrawn"], ["withdrawn"]),
    ],
)
def test_a_finding_is_told_once_from_what_people_knew_to_what_is(steps: list[str], said: list[str]) -> None:
    assert news(*steps) == said


@pytest.mark.parametrize(
    ("steps", "at_once", "said"),
    [
        (["opened", "worsened"], [1], []),
        (["opened", "worsened", "withdrawn"], [1], ["withdrawn"]),
        (["opened", "worsened", "withdrawn"], [1, 2], []),
        (["opened", "withdrawn"], [0], ["withdrawn"]),
        (["withdrawn", "reopened"], [1], []),
    ],
)
def test_what_was_told_at_once_since_is_not_told_again(steps: list[str], at_once: list[int], said: list[str]) -> None:
    assert news(*steps, at_once=at_once) == said


def test_what_came_and_went_makes_no_message() -> None:
    gone = BASELINE._replace(revision=2, transition=Transition.WITHDRAWN)
    assert digest([episode("P-1", [Due(BASELINE, waits=True), Due(gone, waits=True)])], {"P-1": (1, 2)}, "") is None
    assert digest([], {}, "") is None


def test_the_gravest_patient_comes_first_then_the_patient_key() -> None:
    mild, grave = (News(BASELINE, "opened"),), (News(KX, "opened"),)
    told = [Episode("P-2", mild), Episode("P-3", grave), Episode("P-1", mild), Episode("P-0", ())]
    made = digest(told, {one.patient_id: (1,) for one in told}, "")
    assert made
    order = [line.split()[1] for line in made.body.splitlines() if line.startswith("Patient ")]
    assert order == ["P-3:", "P-1:", "P-2:"]


def test_the_id_is_that_of_the_changes_whatever_their_order() -> None:
    changes = {"P-1": (1, 2), "P-2": (1,)}
    assert digest_id(changes) == digest_id(dict(reversed(changes.items())))
    assert len({digest_id(changes), digest_id({"P-1": (1, 2)}), digest_id({"P-1": (1,), "P-2": (1, 2)})}) == 3


@pytest.mark.parametrize(("findings", "more"), [(10, False), (11, True)])
def test_a_patient_fills_no_more_than_his_place(findings: int, more: bool) -> None:  # noqa: FBT001
    made = digest([Episode("P-1", (News(KX, "opened"),) * findings)], {"P-1": (1,)}, "")
    assert made
    assert made.body.count("[violation]") == 10
    assert [line for line in made.body.splitlines() if line.startswith("  and")] == ["  and 1 more"] * more


def test_the_largest_digest_fits_into_a_message() -> None:
    """SNS takes 256 KB, of all forms together; ids have 200 characters of up to four bytes."""
    subject = KX.finding.subject._replace(claim_id="\U0001f9b4" * 200, visit_id="\U0001f9b4" * 200)
    longest = KX._replace(finding=replace(KX.finding, subject=subject))
    told = [Episode(f"{n:03}" + "\U0001f9b4" * 197, (News(longest, "opened"),) * 400) for n in range(MOST_EPISODES)]
    made = digest(told, {one.patient_id: (1,) for one in told}, "https://" + "d" * 200)
    assert made
    forms = json.dumps({"default": made.body, "https": json.dumps(made.chat, ensure_ascii=False)}, ensure_ascii=False)
    assert len(forms.encode()) < 256 * 1024
    assert len(made.subject) <= 100
    assert made.subject.isascii()


def test_chat_is_told_in_the_schema_of_custom_notifications_one_thread_for_a_patient() -> None:
    link = finding_link(DESK, "P-1", KX.finding.finding_id)
    said = of_alert(KX, link)
    assert (said["version"], said["source"]) == ("1.0", "custom")
    assert said["content"] == {
        "textType": "client-markdown",
        "title": "[violation] KX_MISSING opened: patient P-1",
        "description": "A session that needs the KX attestation of improvement is billed without it.",
        "nextSteps": [KX.finding.remedy, f"https://desk.example/#/patients/P-1/findings/{KX.finding.finding_id}"],
        "keywords": ["KX_MISSING", "violation"],
    }
    assert said["metadata"] == {
        "threadId": "P-1",
        "summary": "KX_MISSING opened",
        "eventType": "FindingOpened",
        "relatedResources": [KX.finding.finding_id],
        "additionalContext": {
            "finding_id": KX.finding.finding_id,
            "revision": "1",
            "alert_id": KX.alert_id,
        },
    }


@pytest.mark.parametrize(("length", "shown"), [(2_000, "m" * 2_000), (2_001, "m" * 1_999 + "…")])
def test_a_channel_is_told_no_more_than_is_glanced_at(length: int, shown: str) -> None:
    assert notice(("title", "m" * length), Thread("P-1", "s", "E"), (), (), {})["content"]["description"] == shown


@pytest.mark.parametrize(
    ("desk", "patient_id", "link"),
    [
        ("https://d.example", "P-1", "https://d.example/#/patients/P-1"),
        ("https://d.example/X/", "P 1/é", "https://d.example/X/#/patients/P%201%2F%C3%A9"),
        ("https://d.example/X", "P#1", "https://d.example/X/#/patients/P%231"),
        ("", "P-1", ""),
    ],
)
def test_the_link_of_a_patient(desk: str, patient_id: str, link: str) -> None:
    assert patient_link(desk, patient_id) == link


def test_chat_names_no_record() -> None:
    told = json.dumps([of_alert(KX, ""), a_digest(Due(KX, waits=True)).chat])
    assert "C-1-13" not in told
    assert "V-1-13" not in told


@pytest.mark.parametrize("link", ["", finding_link(DESK, "P 1/é", KX.finding.finding_id)])
@pytest.mark.parametrize("alert", [KX, BASELINE, KX._replace(transition=Transition.CHANGED)])
def test_the_event_for_tickets_is_as_its_schema_says(alert: Alert, link: str) -> None:
    envelope = {"source": "ncd-audit", "detail-type": alert.event, "detail": alert.detail(link)}
    assert AlertEvent.model_validate(envelope).detail.link == (link or None)
    assert "/#/patients/P%201%2F%C3%A9/findings/" in link or not link


def test_a_mail_has_the_link_where_there_is_a_desk() -> None:
    assert KX.mail() == KX.body
    assert KX.mail("https://d.example/#/x") == f"{KX.body}Open:         https://d.example/#/x\n"
    assert KX.weight is Severity.VIOLATION
