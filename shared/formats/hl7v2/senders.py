"""Where each sender puts what we read: HL7 v2 leaves open in which field a procedure code stands."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints

from shared.core.snapshot import Payer
from shared.formats.hl7v2.segments import Components, Segment

Field = Annotated[str, StringConstraints(pattern=r"^(FT1|PR1|DG1|PV1)-[1-9][0-9]?$")]


class Sender(BaseModel):
    """shared/policies/hl7v2.toml says what each is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    procedure: tuple[Field, ...]
    diagnoses: tuple[Field, ...]
    performer: tuple[Field, ...]
    charges: tuple[str, ...]
    credits: tuple[str, ...]
    payers: dict[str, Payer]


class _Named(BaseModel):
    """What differs of one sender; an application or facility left out is any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    application: str | None = None
    facility: str | None = None
    procedure: tuple[Field, ...] | None = None
    diagnoses: tuple[Field, ...] | None = None
    performer: tuple[Field, ...] | None = None
    charges: tuple[str, ...] | None = None
    credits: tuple[str, ...] | None = None
    payers: dict[str, Payer] | None = None

    def wrote(self, header: Segment) -> bool:
        return self.application in (None, header.text(3)) and self.facility in (None, header.text(4))


class Senders(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    default: Sender
    sender: tuple[_Named, ...] = ()

    @classmethod
    def of(cls, toml: str) -> Self:
        return cls.model_validate(tomllib.loads(toml))

    def of_message(self, header: Segment) -> Sender:
        """The first that fits, as MSH-3 and MSH-4 name it, over the default."""
        named = next((it for it in self.sender if it.wrote(header)), _Named())
        changes = named.model_dump(exclude_none=True, exclude={"application", "facility"})
        return Sender.model_validate({**self.default.model_dump(), **changes})


@cache
def senders() -> Senders:
    return Senders.of(files("shared.policies").joinpath("hl7v2.toml").read_text(encoding="utf-8"))


def told(fields: tuple[Field, ...], segments: list[Segment]) -> list[Components]:
    """What stands in the first of `fields` that is told at all, in whichever of the segments."""
    for field in fields:
        name, number = field.split("-")
        found = [it for segment in segments if segment.name == name for it in segment.repeats(int(number))]
        if found:
            return found
    return []
