"""What every record of the contract is: a whole snapshot in one version, with its identity inside."""

import hashlib
from functools import cached_property
from typing import ClassVar, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict

from shared.core.fields import Identifier, Version

Kind = Literal["visit", "claim", "remittance", "eligibility", "measure"]
Payer = Literal["medicare_ffs", "medicare_advantage", "other"]


# The sources of our own readers begin so (ncd-audit.x12, ncd-audit.fhir, ncd-audit.hl7v2).
OWN_READERS = "ncd-audit."


def read_by_us(source: object) -> bool:
    return isinstance(source, str) and source.startswith(OWN_READERS)


class Reference(NamedTuple):
    """A record as evidence: which one, and the version of it that was read."""

    kind: Kind
    id: str
    version: int


class Part(BaseModel):
    """A part of a snapshot."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, defer_build=True)


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

    @property
    def told_by(self) -> str | None:
        """The source of the envelope; no part of the body. None in records that were kept without it."""
        return self.__dict__.get("_told_by")

    @property
    def by_reader(self) -> bool:
        """Whether one of our readers made it of a format that cannot say everything: its silence proves nothing."""
        return read_by_us(self.told_by)

    def as_told_by(self, source: str | None) -> Self:
        """The same record, from now on with its source."""
        self.__dict__["_told_by"] = source  # a private attribute of pydantic's would cost every snapshot 2 microseconds
        return self

    def parts(self) -> tuple[Part | None, ...]:
        """Itself and each part in it, however deep, once: what `at_once` counts the names of."""
        return (self,)

    def canonical(self) -> bytes:
        """The snapshot as JSON, equal for equal bodies: unknown fields dropped, null as missing, numbers by value."""
        return self.model_dump_json(exclude_none=True).encode()

    def digest(self) -> str:
        return hashlib.sha256(self.canonical()).hexdigest()
