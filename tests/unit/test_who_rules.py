"""Who: each profession with each credential, the licence around its expiry, supervision by place, who renders."""

from datetime import date
from typing import Any

import pytest

from tests.builders import Detail, Envelope
from tests.unit.encounters import DAY, OTHER_NEEDLER, all_said, bill, billed_alone, days, encounter, line, seen

LICENCE: Detail = {"state": "WA", "number": "AC1", "expires_on": days(365), "unrestricted": True}
DIRECT = {"supervisor_npi": "1200000010", "mode": "direct"}
PRACTITIONERS = ("physician_assistant", "nurse_practitioner", "clinical_nurse_specialist")
STRANGERS = ("physical_therapist", "occupational_therapist", "chiropractor", "other")
AUXILIARY = ("acupuncturist", *STRANGERS)


def performer(profession: str, *, degree: bool | None = True, licence: Detail | None = LICENCE) -> Detail:
    """Not the physician in whose name the claim is made."""
    return {
        "npi": OTHER_NEEDLER,
        "profession": profession,
        "acupuncture_degree": degree,
        "acupuncture_license": licence,
    }


def by(profession: str, *, supervision: Detail | None = DIRECT, **held: Any) -> list[Envelope]:
    return encounter(performer=performer(profession, **held), supervision=supervision)


VIOLATION, WARNING = {"CREDENTIAL_MISSING violation V"}, {"CREDENTIAL_MISSING warning V"}
NOT_ELIGIBLE = {"PERFORMER_NOT_ELIGIBLE violation V"}
NAMED = {
    (True, True): set[str](),
    (False, True): VIOLATION,
    (None, True): WARNING,
    (True, False): WARNING,
    (False, False): VIOLATION,
    (None, False): WARNING,
}
# Who is not named by the NCD is auxiliary personnel when holding both, asked for the other when holding one.
UNNAMED = NAMED | {(False, False): NOT_ELIGIBLE, (None, False): NOT_ELIGIBLE}
BY_PROFESSION = {
    "physician": {held: set[str]() for held in NAMED},
    **dict.fromkeys((*PRACTITIONERS, "acupuncturist"), NAMED),
    **dict.fromkeys(STRANGERS, UNNAMED),
}
DEGREE = {True: "degree", False: "no degree", None: "degree not stated"}


@pytest.mark.parametrize(
    ("profession", "degree", "licensed", "expected"),
    [
        pytest.param(
            profession,
            degree,
            licensed,
            expected,
            id=f"{profession}, {DEGREE[degree]}, {'' if licensed else 'no '}licence",
        )
        for profession, table in BY_PROFESSION.items()
        for (degree, licensed), expected in table.items()
    ],
)
def test_who_may_hold_the_needle(profession: str, degree: bool | None, licensed: bool, expected: set[str]) -> None:  # noqa: FBT001
    assert all_said(*by(profession, degree=degree, licence=LICENCE if licensed else None)) == expected


@pytest.mark.parametrize("profession", [*PRACTITIONERS, *AUXILIARY])
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"expires_on": days(-1)}, VIOLATION, id="expired the day before"),
        pytest.param({"expires_on": DAY}, set(), id="expires on the day"),
        pytest.param({"expires_on": days(1)}, set(), id="expires the day after"),
        pytest.param({"expires_on": None}, WARNING, id="expiry not stated"),
        pytest.param({"unrestricted": False}, VIOLATION, id="restricted"),
        pytest.param({"unrestricted": False, "expires_on": None}, VIOLATION, id="restricted, expiry not stated"),
        pytest.param({"unrestricted": False, "expires_on": days(-1)}, VIOLATION, id="restricted and expired"),
    ],
)
def test_the_licence_is_full_and_current_on_the_day(profession: str, changes: Detail, expected: set[str]) -> None:
    assert all_said(*by(profession, licence=LICENCE | changes)) == expected


@pytest.mark.parametrize("profession", STRANGERS)
@pytest.mark.parametrize("changes", [{"unrestricted": False}, {"expires_on": days(-1)}], ids=["restricted", "expired"])
@pytest.mark.parametrize("degree", [False, None])
def test_a_poor_licence_is_still_one_of_the_two(profession: str, changes: Detail, degree: bool | None) -> None:  # noqa: FBT001
    assert all_said(*by(profession, degree=degree, licence=LICENCE | changes)) == VIOLATION


def test_a_physician_is_asked_for_neither_credential_nor_supervision() -> None:
    poor = LICENCE | {"unrestricted": False, "expires_on": days(-1)}
    assert all_said(*by("physician", degree=False, licence=poor, supervision=None)) == set()


MODES = ("personal", "direct", "virtual_video", "virtual_audio", "general")
OFFICE = {"personal", "direct", "virtual_video"}
ENOUGH = {"11": OFFICE, "12": OFFICE, "19": OFFICE | {"general"}, "22": OFFICE | {"general"}, "23": OFFICE}
UNSUPERVISED = {"SUPERVISION_MISSING violation V"}


@pytest.mark.parametrize("place", ENOUGH)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("profession", AUXILIARY)
def test_auxiliary_personnel_are_supervised_as_the_place_requires(profession: str, place: str, mode: str) -> None:
    given = DIRECT | {"mode": mode}
    visit = encounter(performer=performer(profession), supervision=given, place_of_service=place)
    assert all_said(*visit) == (set() if mode in ENOUGH[place] else UNSUPERVISED)


@pytest.mark.parametrize("place", ENOUGH)
@pytest.mark.parametrize("profession", AUXILIARY)
def test_supervision_not_stated_is_none(profession: str, place: str) -> None:
    assert all_said(*encounter(performer=performer(profession), place_of_service=place)) == UNSUPERVISED


@pytest.mark.parametrize(
    ("on", "mode", "expected"),
    [
        pytest.param(date(2025, 12, 31), "virtual_video", set(), id="video while temporary"),
        pytest.param(date(2026, 1, 1), "virtual_video", set(), id="video once permanent"),
        pytest.param(date(2025, 12, 31), "virtual_audio", UNSUPERVISED, id="audio in 2025"),
        pytest.param(date(2026, 1, 1), "virtual_audio", UNSUPERVISED, id="audio in 2026"),
    ],
)
def test_presence_by_video_is_direct_and_by_audio_never(on: date, mode: str, expected: set[str]) -> None:
    who = performer("acupuncturist", licence=LICENCE | {"expires_on": "2030-01-01"})
    given = DIRECT | {"mode": mode}
    assert all_said(*encounter(on=on, performer=who, supervision=given), as_of=days(8, on)) == expected


@pytest.mark.parametrize("profession", PRACTITIONERS)
def test_practitioners_bill_under_their_own_npi_and_are_not_supervised(profession: str) -> None:
    assert all_said(*by(profession, supervision=None)) == set()


@pytest.mark.parametrize("profession", STRANGERS)
def test_who_is_not_eligible_has_no_other_finding_of_who(profession: str) -> None:
    assert all_said(*by(profession, degree=None, licence=None, supervision=None)) == NOT_ELIGIBLE


@pytest.mark.parametrize("profession", AUXILIARY)
def test_credentials_and_supervision_are_two_questions(profession: str) -> None:
    assert all_said(*by(profession, degree=False, supervision=None)) == VIOLATION | UNSUPERVISED


def test_only_judged_visits_are_asked_who() -> None:
    """A neck visit is none, until a needling line is billed for its date."""
    neck = seen(diagnoses=["M54.2"], performer=performer("chiropractor", degree=None, licence=None))
    assert all_said(neck) == set()
    assert all_said(neck, bill(line(1, "97140"))) == set()
    assert all_said(neck, bill(line(1, "20560"))) == NOT_ELIGIBLE


@pytest.mark.parametrize("payer", ["medicare_advantage", "other"])
def test_who_is_asked_for_every_payer(payer: str) -> None:
    events = encounter(payer=payer, performer=performer("other", degree=None, licence=None), claim={"payer": payer})
    assert all_said(*events) == NOT_ELIGIBLE | {"NOT_FFS info V", "NOT_FFS info C/1"}


RENDERS = {"PERFORMER_NOT_ELIGIBLE violation C/1"}
IN_OWN_NAME = line(1, "20560", npi=OTHER_NEEDLER)
ACUPUNCTURIST = performer("acupuncturist")


@pytest.mark.parametrize("profession", sorted(BY_PROFESSION))
def test_an_acupuncturist_alone_cannot_render_a_needling_line(profession: str) -> None:
    events = encounter(IN_OWN_NAME, performer=performer(profession), supervision=DIRECT)
    assert all_said(*events) == (RENDERS if profession == "acupuncturist" else set())


def test_an_acupuncturist_on_another_line_is_not_judged() -> None:
    evaluation = line(2, "97140", npi=OTHER_NEEDLER)
    assert all_said(*encounter(line(1, "20560"), evaluation, performer=ACUPUNCTURIST, supervision=DIRECT)) == set()


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        pytest.param({}, set(), id="never recorded"),
        pytest.param({-7: "acupuncturist"}, RENDERS, id="as acupuncturist the week before"),
        pytest.param({7: "acupuncturist"}, RENDERS, id="as acupuncturist the week after"),
        pytest.param({-7: "physician"}, set(), id="as physician the week before"),
        pytest.param({-3: "acupuncturist", 4: "physician"}, RENDERS, id="nearer before as acupuncturist"),
        pytest.param({-3: "physician", 4: "acupuncturist"}, set(), id="nearer before as physician"),
        pytest.param({-4: "physician", 3: "acupuncturist"}, RENDERS, id="nearer after as acupuncturist"),
        pytest.param({-4: "acupuncturist", 3: "physician"}, set(), id="nearer after as physician"),
        pytest.param({-4: "acupuncturist", 4: "physician"}, RENDERS, id="as near before as acupuncturist"),
        pytest.param({-4: "physician", 4: "acupuncturist"}, set(), id="as near before as physician"),
    ],
)
def test_without_a_visit_the_nearest_record_tells_who_renders(visits: dict[int, str], expected: set[str]) -> None:
    recorded = [
        seen(f"V{n}", on=days(n), performer=performer(profession), supervision=DIRECT)
        for n, profession in visits.items()
    ]
    assert all_said(*recorded, *billed_alone(IN_OWN_NAME)) == expected


def test_a_visit_that_did_not_take_place_tells_nothing_of_who_renders() -> None:
    cancelled = seen("V0", on=days(-7), status="cancelled", performer=ACUPUNCTURIST)
    assert all_said(cancelled, seen(), bill(IN_OWN_NAME)) == set()


@pytest.mark.parametrize("modifier", ["GP", "GO", "GN", "CQ", "CO"])
def test_a_therapy_modifier_on_a_needling_line_is_a_question(modifier: str) -> None:
    therapy = line(2, "97140", modifier)
    assert all_said(*encounter(line(1, "20560", modifier), therapy)) == {"THERAPY_MODIFIER warning C/1"}
    assert all_said(*encounter(line(1, "20560"), therapy)) == set()


@pytest.mark.parametrize("modifier", ["59", "76", "GC", "CR", "AT"])
def test_another_modifier_is_no_therapy_modifier(modifier: str) -> None:
    assert all_said(*encounter(line(1, "20560", modifier))) == set()


def test_several_therapy_modifiers_on_a_line_are_one_finding() -> None:
    assert all_said(*encounter(line(1, "20560", "GP", "CQ"))) == {"THERAPY_MODIFIER warning C/1"}
