"""What every record of the contract is: a whole snapshot in one version, with its identity inside."""

import hashlib
from functools import cached_property
from typing import ClassVar, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, model_validator

from shared.core.errors import Reason
from shared.core.fields import CalendarDate, Identifier, Number, Version, refused
from shared.core.instruments import score_in_range

Kind = Literal["visit", "claim", "remittance", "eligibility", "measure"]
Payer = Literal["medicare_ffs", "medicare_advantage", "other"]
Instrument = Literal["NRS", "VAS", "ODI", "RMDQ", "PEG", "QBPDS", "PROMIS-PI", "PROMIS-PF"]


class Reference(NamedTuple):
    """A record as evidence: which one, and the version of it that was read."""

    kind: Kind
    id: str
    version: int


class Part(BaseModel):
    """A part of a snapshot."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class Snapshot(Part):
    """One record of the sender as it stands in one version; never changed, only followed by a higher version."""

    kind: ClassVar[Kind]
    id_field: ClassVar[str]

    version: Version
    patient_id: Identifier

    @property
    def record_id(self) -> str:
        return str(getattr(self, self.id_field))

    @cached_property
    def reference(self) -> Reference:
        return Reference(self.kind, self.record_id, self.version)

    def canonical(self) -> bytes:
        """The snapshot as JSON, equal for equal bodies: unknown fields dropped, null as missing, numbers by value."""
        return self.model_dump_json(exclude_none=True).encode()

    def digest(self) -> str:
        return hashlib.sha256(self.canonical()).hexdigest()


class Score(Part):
    instrument: Instrument
    score: Number
    assessed_on: CalendarDate

    @model_validator(mode="after")
    def _within_its_instrument(self) -> Self:
        if not score_in_range(self.instrument, self.score):
            raise refused(Reason.OUT_OF_RANGE)
        return self
