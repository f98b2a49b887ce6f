"""What Claim and ExplanationOfBenefit have in common, as far as we read it."""

from decimal import Decimal

from shared.formats.fhir.codes import procedure_code
from shared.formats.fhir.elements import (
    Concept,
    Element,
    Identified,
    Many,
    Money,
    Period,
    Quantity,
    Reference,
)

_CLAIM_TYPES = "http://terminology.hl7.org/CodeSystem/claim-type"
_TYPES = ("professional", "institutional")
TAKEN_BACK = ("cancelled", "entered-in-error")


class CareTeam(Element):
    sequence: int
    provider: Reference
    role: Concept = Concept()


class Insurance(Element):
    focal: bool = False
    coverage: Reference


class Diagnosis(Element):
    sequence: int
    diagnosis_codeable_concept: Concept | None = None
    diagnosis_reference: Reference | None = None


class Related(Element):
    claim: Reference | None = None
    relationship: Concept = Concept()


class Information(Element):
    category: Concept = Concept()
    code: Concept = Concept()
    timing_date: str | None = None
    value_string: str | None = None


class Adjudication(Element):
    category: Concept = Concept()
    reason: Concept = Concept()
    amount: Money = Money()


class Item(Element):
    sequence: int
    product_or_service: Concept = Concept()
    modifier: Many[Concept] = ()
    serviced_date: str | None = None
    serviced_period: Period = Period()
    location_codeable_concept: Concept | None = None
    quantity: Quantity = Quantity()
    net: Money = Money()
    care_team_sequence: Many[int] = ()
    diagnosis_sequence: Many[int] = ()
    adjudication: Many[Adjudication] = ()

    def amount(self, *categories: str) -> Decimal | None:
        """The sum of the amounts of the first category that is told."""
        for category in categories:
            told = [it.amount.value for it in self.adjudication if category in codes(it.category)]
            amounts = [Decimal(str(value)) for value in told if value is not None]
            if amounts:
                return sum(amounts, Decimal())
        return None


class Billed(Identified):
    status: str
    type: Concept = Concept()
    use: str = "claim"
    patient: Reference | None = None
    created: str | None = None
    provider: Reference | None = None
    care_team: Many[CareTeam] = ()
    insurance: Many[Insurance] = ()
    diagnosis: Many[Diagnosis] = ()
    related: Many[Related] = ()
    supporting_info: Many[Information] = ()
    item: Many[Item] = ()

    @property
    def claim_type(self) -> str | None:
        return next((code for code in self.type.codes(_CLAIM_TYPES) if code in _TYPES), None)

    def information(self, category: str) -> Information | None:
        return next((it for it in self.supporting_info if category in codes(it.category)), None)


def codes(concept: Concept) -> list[str]:
    """Codes that mean one thing in whatever system they are told."""
    return [coding.code for coding in concept.coding if coding.code]


def money(value: Decimal) -> str:
    return format(round(value, 2), "f")


def coded(item: Item) -> bool:
    """Whether the item bills a procedure at all: some of an institutional claim have a revenue code only."""
    return procedure_code(item.product_or_service) is not None
