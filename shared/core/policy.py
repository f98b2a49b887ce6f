"""The policy in force on a day: every number and code list of the law, dated and cited, read from shared/policies."""

import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Generic, Literal, NamedTuple, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.core.errors import PolicyBroken
from shared.core.findings import Citation
from shared.core.instruments import Scale

FILES = ("ncd_30_3_3.toml", "who.toml", "coding.toml", "denials.toml")

T = TypeVar("T")
Basis = Literal["cms_text", "cms_table", "house_reading"]
Confidence = Literal["V", "V2", "G", "S", "AMB"]
Codes = tuple[str, ...]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Strict):
    title: str
    url: str


class Setting(_Strict, Generic[T]):
    """One value of the law: what, since when, where it stands, and how we read it."""

    value: T
    since: date = Field(alias="from")
    until: date | None = None
    source: str
    section: str
    basis: Basis
    confidence: Confidence
    quote: str
    table: str = ""
    reading: str = ""
    options: Codes = ()

    def knows(self, day: date) -> bool:
        """Whether the entry is known to hold on `day`; else it is the nearest known."""
        return self.since <= day and (self.until is None or day <= self.until)

    @model_validator(mode="after")
    def _value_is_an_option(self) -> Self:
        if self.options and self.value not in self.options:
            raise ValueError(f"{self.value!r} is none of {self.options}")
        return self


class CodePair(NamedTuple):
    """Two codes not paid together: the second is denied; with indicator "1" a modifier on it can lift the edit."""

    paid: str
    denied: str
    indicator: str


class Denial(_Strict):
    """How an edit is likely to be denied; with a valid notice of liability the group can be another."""

    carc: Codes
    rarc: Codes
    group: str
    group_with_notice: str
    confidence: Confidence


class Policy(_Strict):
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


class Policies:
    """All dated settings; `on(day)` is the policy in force that day, the nearest known one before the first."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.id: str = document["id"]
        self.sources = {key: Source.model_validate(source) for key, source in document["sources"].items()}
        self._days = sorted({entry["from"] for name in Policy.model_fields for entry in self._entries(name)})
        self._policies = [self._as_of(day) for day in self._days]
        self._by_day: dict[date, Policy] = {}  # rules ask a few days many times
        self._citations: dict[tuple[Codes, int], tuple[Citation, ...]] = {}

    def on(self, day: date) -> Policy:
        if day not in self._by_day:
            self._by_day[day] = self._policies[max(bisect_right(self._days, day) - 1, 0)]
        return self._by_day[day]

    def citations(self, names: Codes, day: date) -> tuple[Citation, ...]:
        """Where the settings named stand, as in force on `day`."""
        key = (names, bisect_right(self._days, day))
        if key not in self._citations:
            policy = self.on(day)
            self._citations[key] = tuple(self._citation(getattr(policy, name)) for name in names)
        return self._citations[key]

    def nearest_only(self, names: Codes, day: date) -> list[date]:
        """The vintages of tables among the settings named that are not known for `day` but nearest to it."""
        settings = (getattr(self.on(day), name) for name in names)
        return sorted({setting.since for setting in settings if setting.until and not setting.knows(day)})

    def _citation(self, setting: Setting[Any]) -> Citation:
        source = self.sources[setting.source]
        return Citation(source.title, setting.section, source.url, setting.basis, setting.quote, setting.reading)

    @property
    def covered_from(self) -> date:
        """The first day of the NCD: before it nothing is judged or counted but DOS_BEFORE_NCD."""
        return self._policies[0].covered_from.value

    def changed(self, **values: Any) -> Self:
        """The same law with other values for some settings, on every date: another reading, or a test's."""
        changes = {name: [{**entry, "value": value} for entry in self._entries(name)] for name, value in values.items()}
        return type(self)({**self.document, **changes})

    def _entries(self, name: str) -> list[dict[str, Any]]:
        try:
            return list(self.document[name])
        except KeyError:
            raise PolicyBroken(f"{self.id} lacks the setting {name!r}: add it to the policy file") from None

    def _as_of(self, day: date) -> Policy:
        return Policy.model_validate({name: self._in_force(name, day) for name in Policy.model_fields})

    def _in_force(self, name: str, day: date) -> dict[str, Any]:
        entries = sorted(self._entries(name), key=lambda entry: entry["from"])
        known = [entry for entry in entries if entry["from"] <= day]
        return known[-1] if known else entries[0]


@cache
def policies() -> Policies:
    """The policy files as shipped, as one document."""
    parts = [tomllib.loads(files("shared.policies").joinpath(name).read_text(encoding="utf-8")) for name in FILES]
    sources = {key: source for part in parts for key, source in part["sources"].items()}
    return Policies({key: value for part in parts for key, value in part.items()} | {"sources": sources})
