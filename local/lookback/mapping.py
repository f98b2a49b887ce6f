"""How the columns of a table of claim lines become our claims: a small TOML file for each kind of table, two shipped.

A field of ours is told by a column, or by several for lists; `otherwise` is its value where the column is missing or
empty, `values` turns the table's codes into ours. `layout` is where the columns of a fixed-width file stand.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from local.cannot_read import CannotRead

SHIPPED = ("claims", "cclf5")

Single = Literal[
    "patient_id",
    "claim_id",
    "version",
    "claim_type",
    "type_of_bill",
    "frequency_code",
    "replaces_claim_id",
    "received_on",
    "payer",
    "billing_npi",
    "line_number",
    "procedure_code",
    "units",
    "date_of_service",
    "rendering_npi",
    "place_of_service",
    "charge",
    "diagnosis_pointers",
    "line_diagnosis",
    "status",
    "paid",
    "allowed",
    "patient_responsibility",
    "paid_on",
]
Several = Literal["diagnoses", "modifiers"]
DATES = frozenset({"received_on", "date_of_service", "paid_on"})
NEEDED: tuple[Single | Several, ...] = (
    "patient_id",
    "claim_id",
    "claim_type",
    "frequency_code",
    "received_on",
    "payer",
    "billing_npi",
    "diagnoses",
    "line_number",
    "procedure_code",
    "units",
    "date_of_service",
    "rendering_npi",
    "charge",
)
# One of them: a line of which no table says what it points to would be accused of pointing elsewhere.
POINTING: tuple[Single, ...] = ("diagnosis_pointers", "line_diagnosis")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Adjustments(_Strict):
    """Where the payer tells a claim again whenever it adjusts it: the last telling stands, unless it is a cancellation.

    `order` are columns: the tellings in their order. `type` is the column that says which are `cancellations`.
    """

    type: str
    cancellations: tuple[str, ...]
    order: tuple[str, ...]


class Mapping(_Strict):
    """`patient_system`: under which system patients are named; they get the pseudonym that every format gives them.

    Without one their names are pseudonyms already.
    """

    title: str
    patient_system: str | None = None
    date_format: str = "%Y-%m-%d"
    columns: dict[Single | Several, str | tuple[str, ...]]
    otherwise: dict[Single, str] = {}
    values: dict[Single, dict[str, str]] = {}
    layout: dict[str, tuple[int, int]] = {}
    adjustments: Adjustments | None = None

    @model_validator(mode="after")
    def _tells_what_a_claim_needs(self) -> "Mapping":
        told = {*self.columns, *self.otherwise}
        missing = [field for field in NEEDED if field not in told]
        if missing := missing + [POINTING[0]] * told.isdisjoint(POINTING):
            raise ValueError(f"nothing tells {', '.join(missing)}: name a column, or a value under [otherwise]")
        if self.layout and (unplaced := [name for name in self.names if name not in self.layout]):
            raise ValueError(f"[layout] says no place of {', '.join(unplaced)}")
        return self

    def value_without(self, field: Single) -> str | None:
        """What holds where nothing is told. Who tells a claim once need not number its versions."""
        return self.otherwise.get(field, "1" if field == "version" else None)

    def columns_of(self, field: Single | Several) -> tuple[str, ...]:
        named = self.columns.get(field, ())
        return (named,) if isinstance(named, str) else named

    @property
    def names(self) -> tuple[str, ...]:
        """Every column that is read."""
        named = [name for field in self.columns for name in self.columns_of(field)]
        if self.adjustments:
            named += [self.adjustments.type, *self.adjustments.order]
        return tuple(dict.fromkeys(named))

    def missing_in(self, header: Iterable[str]) -> list[str]:
        """Columns that a table must have and this one lacks; of a list one is enough."""
        has = {*header, ""}
        needed = [self.columns_of(field) for field in NEEDED if field not in self.otherwise]
        if self.otherwise.keys().isdisjoint(POINTING):
            needed.append(tuple(name for field in POINTING for name in self.columns_of(field)))
        if self.adjustments:
            needed += [(name,) for name in (self.adjustments.type, *self.adjustments.order)]
        return [names[0] for names in needed if not has.intersection(names)]


@cache
def shipped() -> tuple[Mapping, ...]:
    texts = (files("local.lookback").joinpath(f"{name}.toml").read_text(encoding="utf-8") for name in SHIPPED)
    return tuple(Mapping.model_validate(tomllib.loads(text)) for text in texts)


def mapping_named(name: str) -> Mapping:
    """One of those shipped, or the TOML file of that path."""
    if name in SHIPPED:
        return shipped()[SHIPPED.index(name)]
    try:
        return Mapping.model_validate(tomllib.loads(Path(name).read_text(encoding="utf-8")))
    except OSError as error:
        why = str(error.strerror).lower()
        raise CannotRead(name, why, f"name one of {', '.join(SHIPPED)} or a TOML file") from None
    except tomllib.TOMLDecodeError as error:
        raise CannotRead(name, f"is no TOML: {error}", "mend it, or start from a mapping that is shipped") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise CannotRead(name, f"{where}: {first['msg']}".lstrip(": "), "see local/lookback/claims.toml") from None
