"""The data types of FHIR R4 as far as we read them: slim, tolerant of what we do not read, strict about what we do."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

# No amount, unit or score is anywhere near; beyond, a short text makes numbers too long to reckon with.
Number = Annotated[int | float, Field(ge=-1e12, le=1e12)]
T = TypeVar("T")
Many = Annotated[tuple[T, ...], Field(strict=False)]  # a list, kept so that nobody adds to it


class Element(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, alias_generator=to_camel)


class Extension(Element):
    url: str | None = None
    value_decimal: Number | None = None


class Coding(Element):
    system: str | None = None
    code: str | None = None
    extension: Many[Extension] = ()


class Concept(Element):
    """A CodeableConcept."""

    coding: Many[Coding] = ()

    def codes(self, *systems: str) -> list[str]:
        return [coding.code for coding in self.coding if coding.system in systems and coding.code]


class Identifier(Element):
    type: Concept = Concept()
    system: str | None = None
    value: str | None = None


class Reference(Element):
    reference: str | None = None
    identifier: Identifier | None = None


class Period(Element):
    start: str | None = None
    end: str | None = None


class Quantity(Element):
    value: Number | None = None
    unit: str | None = None
    code: str | None = None


class Money(Element):
    value: Number | None = None


class Meta(Element):
    version_id: str | None = None
    last_updated: str | None = None


class Resource(Element):
    """What every resource has."""

    id: str | None = None
    meta: Meta = Meta()


class Identified(Resource):
    identifier: Many[Identifier] = ()
