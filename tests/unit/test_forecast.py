"""What a violation may cost: the denial to expect, who then owes, and the money known to hang on it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.core.alerts import alerts
from shared.core.case import CaseFile
from shared.core.findings import AtStake, Finding, Forecast
from shared.core.policy import policies
from shared.core.rules import RULES
from shared.core.rules.rule import VIOLATION
from shared.core.standing import Standing
from tests.builders import FIRST_DAY, Envelope, a_claim, a_claim_for, a_course, a_line, a_remittance, a_visit
from tests.unit.asking import AS_OF, RECORDED_AT, ask, concluded, findings, heard, snapshot

NECK: dict[str, Any] = {"diagnoses": ["M54.2"]}
ROWS = policies().on(AS_OF).denials.value


def of(rule: str, *events: Envelope) -> Finding:
    (finding,) = heard(*events, rules={rule})
    return finding


def test_every_violation_says_what_to_expect_and_nothing_else_does() -> None:
    events = [*a_course(22, every=4, kx_from=None), a_visit("V-X", note={"signed": False})]
    told = concluded(events).findings.values()
    assert {finding.severity.value for finding in told} >= {"violation", "warning"}
    for finding in told:
        assert bool(finding.forecast) == (finding.severity == "violation")
        assert finding.at_stake is None or finding.severity == "violation"


def test_every_rule_that_can_be_a_violation_names_a_denial() -> None:
    assert {rule.denial for rule in RULES if VIOLATION in rule.severities} <= set(ROWS)


@pytest.mark.parametrize(
    ("rule", "expected", "events"),
    [
        pytest.param(
            "DX_NOT_COVERED",
            Forecast(("50", "167", "11"), ("N386",), "CO", "G"),
            [a_visit(**NECK), a_claim(**NECK)],
            id="diagnosis",
        ),
        pytest.param(
            "DX_INVALID_FOR_DOS",
            Forecast(("16",), ("M76", "MA130"), "CO", "G"),
            [a_visit(), a_claim(diagnoses=["M54.5"])],
            id="retired code",
        ),
        pytest.param(
            "FILING_DEADLINE",
            Forecast(("29",), (), "CO", "V"),
            [a_visit(), a_claim(received_on=FIRST_DAY + timedelta(days=400))],
            id="late",
        ),
        pytest.param(
            "PERFORMER_NOT_ELIGIBLE",
            Forecast(("B7", "170"), ("N95",), "CO", "G"),
            [a_visit(performer={"profession": "chiropractor"}), a_claim()],
            id="provider",
        ),
        pytest.param(
            "MUE",
            Forecast(("151", "222"), ("N362",), "CO", "G"),
            [a_visit(), a_claim(lines=[a_line(units=2)])],
            id="units",
        ),
    ],
)
def test_a_violation_is_forecast_by_its_row(rule: str, expected: Forecast, events: list[Envelope]) -> None:
    assert of(rule, *events).forecast == expected


NOTICE: dict[str, Any] = {"signed_on": FIRST_DAY, "form_expires_on": None}


@pytest.mark.parametrize(
    ("modifiers", "abn", "group"),
    [
        pytest.param(["GA"], NOTICE, "PR", id="a valid notice"),
        pytest.param(
            ["GA"], NOTICE | {"signed_on": FIRST_DAY + timedelta(days=1)}, "CO", id="signed after the service"
        ),
        pytest.param(
            ["GA"], NOTICE | {"form_expires_on": FIRST_DAY - timedelta(days=1)}, "CO", id="on a form that had expired"
        ),
        pytest.param(["GA"], NOTICE | {"form_expires_on": FIRST_DAY}, "PR", id="on the last day of the form"),
        pytest.param(["GA"], None, "CO", id="GA without a notice"),
        pytest.param(["GZ"], NOTICE, "CO", id="a notice without GA"),
    ],
)
def test_only_a_valid_notice_makes_the_patient_liable(modifiers: list[str], abn: Any, group: str) -> None:
    line = a_line(modifiers=modifiers)
    forecast = of("DX_NOT_COVERED", a_visit(abn=abn, **NECK), a_claim(lines=[line], **NECK)).forecast
    assert forecast
    assert forecast.group == group


def test_a_notice_shifts_nothing_where_the_code_itself_is_wrong() -> None:
    events = [a_visit(abn=NOTICE), a_claim(diagnoses=["M54.5"], lines=[a_line(modifiers=["GA"])])]
    forecast = of("DX_INVALID_FOR_DOS", *events).forecast
    assert forecast
    assert forecast.group == "CO"


def test_every_group_is_one_that_remittances_know() -> None:
    assert {row.group for row in ROWS.values()} == {"CO", "OA"}
    assert {row.group_with_notice for row in ROWS.values()} == {"", "PR"}


def money(amount: str, known_from: Any) -> AtStake:
    return AtStake(Decimal(amount), known_from)


def test_at_stake_is_what_the_latest_remittance_paid() -> None:
    claim = a_claim(**NECK)
    later = FIRST_DAY + timedelta(days=90)
    paid, denied = a_remittance(claim), a_remittance(claim, status="denied", remittance_id="R-2", paid_on=later)
    assert of("DX_NOT_COVERED", a_visit(**NECK), claim, paid).at_stake == money("20", "remittance")
    assert of("DX_NOT_COVERED", a_visit(**NECK), claim, paid, denied).at_stake == money("0", "remittance")


def test_at_stake_is_the_charge_while_the_payer_has_not_answered() -> None:
    assert of("DX_NOT_COVERED", a_visit(**NECK), a_claim(**NECK)).at_stake == money("40", "charge")


def test_a_session_sums_its_covered_lines() -> None:
    """Paid and unpaid lines together are known from the charge only."""
    *course, visit = a_course(21, every=4)[:-1]
    on = FIRST_DAY + timedelta(days=80)
    claim = a_claim_for(visit, lines=[a_line(1, on=on, charge="30.50"), a_line(2, on=on, procedure_code="97140")])
    other = a_claim_for(visit, claim_id="C-B")
    first = of("OVER_ANNUAL_LIMIT", *course, visit, claim, other)
    assert first.at_stake == money("70.50", "charge")
    answered = of("OVER_ANNUAL_LIMIT", *course, visit, claim, other, a_remittance(claim))
    assert answered.at_stake == money("60", "charge")
    assert {("claim", "C-B"), ("remittance", a_remittance(claim)["detail"]["remittance_id"])} <= {
        reference[:2] for reference in answered.evidence
    }


def test_a_visit_sums_the_needling_lines_of_its_date() -> None:
    chiropractor = a_visit(performer={"profession": "chiropractor"})
    claim = a_claim(lines=[a_line(1), a_line(2, procedure_code="97140"), a_line(3, charge="1.00")])
    assert of("PERFORMER_NOT_ELIGIBLE", chiropractor, claim).at_stake == money("41", "charge")
    assert of("PERFORMER_NOT_ELIGIBLE", chiropractor).at_stake is None


def test_the_document_marks_the_forecast_and_shows_money_in_cents() -> None:
    (told,) = (f for f in findings(ask([a_visit(**NECK), a_claim(**NECK)])) if f["rule"] == "DX_NOT_COVERED")
    assert told["forecast"] == {
        "carc": ["50", "167", "11"],
        "rarc": ["N386"],
        "group": "CO",
        "confidence": "G",
        "is_forecast": True,
    }
    assert told["at_stake"] == {"amount": "40.00", "known_from": "charge"}
    assert told["basis"] == "cms_text"


def test_what_is_not_known_is_not_shown() -> None:
    (unsigned,) = (
        f for f in findings(ask([a_visit(note={"signed": False}), a_claim()])) if f["rule"].startswith("DOC")
    )
    assert {"forecast", "at_stake"} & set(unsigned) == set()


def test_a_stored_case_file_keeps_forecast_and_money() -> None:
    case = CaseFile.new("P-1")
    for event in (a_visit(**NECK), a_claim(**NECK), a_remittance(a_claim(**NECK))):
        case, _ = case.taking(snapshot(event), policies(), AS_OF, RECORDED_AT)
    again = CaseFile.from_parts("P-1", case.parts())
    assert again.standing.findings == case.standing.findings
    assert again.parts() == case.parts()
    assert alerts(Standing("P-1"), again.standing)
