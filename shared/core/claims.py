"""ClaimSubmitted and RemittanceReceived: what was billed, and what the payer made of it."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.core.errors import Reason
from shared.core.fields import (
    CalendarDate,
    DiagnosisCode,
    FourDigits,
    Identifier,
    Modifier,
    Money,
    Npi,
    ProcedureCode,
    Several,
    TwoDigits,
    refused,
)
from shared.core.snapshot import Part, Payer, Snapshot

ClaimType = Literal["professional", "institutional"]


class ClaimCondition(Part):
    """What a claim can say of the condition treated: when it began, and whether the patient was pregnant."""

    onset_date: CalendarDate | None = None
    pregnant: bool | None = None


class ClaimLine(Part):
    line_number: int
    procedure_code: ProcedureCode
    modifiers: Annotated[Several[Modifier], Field(max_length=4)]
    units: Annotated[int, Field(ge=1)]
    date_of_service: CalendarDate
    diagnosis_pointers: Several[Annotated[int, Field(ge=1)]]
    rendering_npi: Npi
    place_of_service: TwoDigits | None = None
    charge: Money


class ClaimSubmitted(Snapshot):
    kind = "claim"
    id_field = "claim_id"

    claim_id: Identifier
    claim_type: ClaimType
    type_of_bill: FourDigits | None = None
    frequency_code: Literal["1", "7", "8"]
    replaces_claim_id: Identifier | None = None
    received_on: CalendarDate
    payer: Payer
    billing_npi: Npi
    diagnoses: Annotated[Several[DiagnosisCode], Field(max_length=12)]
    condition: ClaimCondition | None = None
    lines: Several[ClaimLine]

    def parts(self) -> tuple[Part | None, ...]:
        return (self, self.condition, *self.lines)

    @model_validator(mode="after")
    def _lines_are_consistent(self) -> Self:
        _no_line_twice(self.lines)
        last = len(self.diagnoses)
        for line in self.lines:
            if max(line.diagnosis_pointers, default=0) > last:
                raise refused(Reason.OUT_OF_RANGE)
        return self


class Adjustment(Part):
    group: str
    carc: str
    amount: Money


class RemittanceLine(Part):
    line_number: int
    procedure_code: ProcedureCode
    status: Literal["paid", "denied"]
    allowed: Money
    paid: Money
    patient_responsibility: Money
    adjustments: Several[Adjustment]
    rarcs: Several[str]


def _no_line_twice(lines: Sequence[ClaimLine] | Sequence[RemittanceLine]) -> None:
    if len({line.line_number for line in lines}) < len(lines):
        raise refused(Reason.REPEATED_LINE_NUMBER)


class RemittanceReceived(Snapshot):
    kind = "remittance"
    id_field = "remittance_id"

    remittance_id: Identifier
    claim_id: Identifier
    payer_claim_number: Identifier | None = None
    paid_on: CalendarDate
    lines: Several[RemittanceLine]

    def parts(self) -> tuple[Part | None, ...]:
        return (self, *self.lines, *(adjustment for line in self.lines for adjustment in line.adjustments))

    @model_validator(mode="after")
    def _lines_are_consistent(self) -> Self:
        _no_line_twice(self.lines)
        return self
