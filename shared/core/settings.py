"""What a setting of the law is, and all of them as they stand on one day: the shape of shared/policies/*.toml.

Plain data: to hold it costs a function that starts next to nothing. What the files say is checked where it is read.
"""

from datetime import date
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar

from pydantic import Field

from shared.core.instruments import Scale

T = TypeVar("T")
Basis = Literal["cms_text", "cms_table", "house_reading"]
Confidence = Literal["V", "V2", "G", "S", "AMB"]
Codes = tuple[str, ...]


class Setting(NamedTuple, Generic[T]):
    """One value of the law: what, since when, where it stands, and how we read it."""

    value: T
    since: Annotated[date, Field(alias="from")]
    source: str
    section: str
    basis: Basis
    confidence: Confidence
    quote: str
    until: date | None = None
    table: str = ""
    reading: str = ""
    options: Codes = ()

    def knows(self, day: date) -> bool:
        """Whether the entry is known to hold on `day`; else it is the nearest known."""
        return self.since <= day and (self.until is None or day <= self.until)

    @property
    def plain(self) -> Any:
        """The value for JSON: sets sorted, pairs as lists, so that the same policy prints the same."""
        return _plain(self.value)


def _plain(value: Any) -> Any:
    match value:
        case frozenset() | set():
            return sorted(value)
        case dict():
            return {name: _plain(part) for name, part in value.items()}
        case Scale() | Denial():
            return _plain(value._asdict())
        case tuple() | list():
            return [_plain(part) for part in value]
    return value


class CodePair(NamedTuple):
    """Two codes not paid together: the second is denied; with indicator "1" a modifier on it can lift the edit."""

    paid: str
    denied: str
    indicator: str


class Denial(NamedTuple):
    """How an edit is likely to be denied; with a valid notice of liability the group can be another."""

    carc: Codes
    rarc: Codes
    group: str
    group_with_notice: str
    confidence: Confidence


class Policy(NamedTuple):
    """Every setting as it stands on one day. The file says what each means; rules.md says how rules use it."""

    covered_from: Setting[date]
    covered_codes: Setting[frozenset[str]]
    payer: Setting[str]
    diagnosis_family: Setting[Codes]
    covered_diagnoses: Setting[frozenset[str]]
    non_covered_conditions: Setting[Codes]
    other_pain_diagnoses: Setting[Codes]
    dx_pointer_mode: Setting[Literal["any", "first"]]
    chronicity_weeks: Setting[int]
    exclusions_stated: Setting[Codes]
    systemic_diagnoses: Setting[Codes]
    systemic_history: Setting[Codes]
    surgical_diagnoses: Setting[Codes]
    surgical_history: Setting[Codes]
    surgery_attribution: Setting[Literal["attributed", "any"]]
    pregnancy_diagnoses: Setting[Codes]
    pregnancy_status: Setting[Codes]
    initial_sessions: Setting[int]
    additional_sessions: Setting[int]
    annual_sessions: Setting[int]
    kx_first: Setting[int]
    kx_last: Setting[int]
    kx_modifier: Setting[str]
    kx_scope: Setting[Literal["every_line", "one_line"]]
    session_unit: Setting[Literal["day", "encounter", "line"]]
    visit_sources: Setting[Codes]
    count_basis: Setting[Literal["clinical", "payer"]]
    anchor_basis: Setting[Literal["clinical", "payer"]]
    period_mode: Setting[Literal["full_months", "days_365", "anniversary", "calendar_year"]]
    period_full_months: Setting[int]
    period_days: Setting[int]
    initial_window_days: Setting[int]
    initial_window_mode: Setting[Literal["anchored", "anchored_next_day", "rolling", "ordinal"]]
    initial_window_severity: Setting[Literal["violation", "warning", "info"]]
    improvement_required: Setting[Codes]
    discontinuation: Setting[Codes]
    baseline_days: Setting[int]
    improvement_standard: Setting[Literal["any", "important"]]
    improvement_percent: Setting[int]
    improvement_max_age_days: Setting[int]
    regression_same_day: Setting[Literal["warning", "violation"]]
    regression_before_kx: Setting[Literal["warn_when_worse", "trial_allowed"]]
    prior_failure: Setting[Literal["allowed", "barred"]]
    instruments: Setting[dict[str, Scale]]
    implausible_steps: Setting[int]
    implausible_flat: Setting[int]
    # who.toml
    physicians: Setting[Codes]
    practitioners: Setting[Codes]
    credentials: Setting[Codes]
    never_rendering: Setting[Codes]
    supervision_required: Setting[Codes]
    office_supervision: Setting[Codes]
    hospital_supervision: Setting[Codes]
    hospital_places: Setting[Codes]
    therapy_modifiers: Setting[frozenset[str]]
    # coding.toml
    needling_codes: Setting[frozenset[str]]
    acupuncture_codes: Setting[frozenset[str]]
    electrical_codes: Setting[frozenset[str]]
    initial_codes: Setting[frozenset[str]]
    injection_codes: Setting[frozenset[str]]
    three_muscle_code: Setting[str]
    ptp_pairs: Setting[tuple[CodePair, ...]]
    ptp_modifiers: Setting[frozenset[str]]
    unit_limits: Setting[dict[str, int]]
    addon_primaries: Setting[dict[str, frozenset[str]]]
    em_bundling_needling: Setting[frozenset[str]]
    em_bundled_by_needling: Setting[frozenset[str]]
    em_without_edit: Setting[frozenset[str]]
    em_bundled_by_acupuncture: Setting[frozenset[str]]
    em_modifier: Setting[str]
    bilateral_modifier: Setting[str]
    denial_modifiers: Setting[frozenset[str]]
    statutory_modifier: Setting[str]
    notice_modifier: Setting[str]
    notice_payer: Setting[str]
    pt_abn_mode: Setting[Literal["either", "mandatory"]]
    voluntary_modifier: Setting[str]
    three_muscles: Setting[int]
    muscle_sides: Setting[Literal["both", "names", "sides"]]
    generic_muscles: Setting[frozenset[str]]
    first_unit_minutes: Setting[int]
    unit_minutes: Setting[int]
    note_elements: Setting[Codes]
    screening_judged_elsewhere: Setting[frozenset[str]]
    visit_grace_days: Setting[int]
    unbilled_days: Setting[int]
    unbilled_months: Setting[int]
    filing_years: Setting[int]
    duplicates_denied: Setting[Codes]
    part_b_corrections: Setting[Codes]
    # denials.toml
    denials: Setting[dict[str, Denial]]
    # repayment.toml
    repayment_days: Setting[int]
    investigation_days: Setting[int]
    repayment_lookback_years: Setting[int]
    reminder_days: Setting[tuple[int, ...]]
    suppression_days: Setting[int]


SETTINGS: Codes = Policy._fields
