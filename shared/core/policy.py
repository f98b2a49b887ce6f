"""The policy in force on a day: every number and code list of the law, dated and cited, read from shared/policies."""

import hashlib
import json
import pickle
from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from functools import cache, cached_property
from itertools import accumulate
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, TypeAdapter

from shared.core.citations import Citation, Source
from shared.core.errors import PolicyBroken
from shared.core.settings import SETTINGS, Codes, Policy, Setting

FOLDER = Path(__file__).parents[1] / "policies"
PACKED = "packed.pickle"
FILES = ("ncd_30_3_3.toml", "who.toml", "coding.toml", "denials.toml", "repayment.toml")


class Policies:
    """All dated settings; `on(day)` is the policy in force that day, the nearest known one before the first."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.id: str = document["id"]
        self.sources = _sources().validate_python(document["sources"])
        self._days = sorted({entry["from"] for name in SETTINGS for entry in self._entries(name)})
        self._policies = list(accumulate(map(self._as_of, self._days), _sharing))
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

    @cached_property
    def version(self) -> str:
        """A digest of all that the policy files say: another value, date, quote or source is another version."""
        said = json.dumps(self.document, sort_keys=True, default=_said)
        return hashlib.sha256(said.encode()).hexdigest()

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
        return _policy().validate_python({name: self._in_force(name, day) for name in SETTINGS})

    def _in_force(self, name: str, day: date) -> dict[str, Any]:
        entries = sorted(self._entries(name), key=lambda entry: entry["from"])
        known = [entry for entry in entries if entry["from"] <= day]
        return known[-1] if known else entries[0]


def _sharing(before: Policy, after: Policy) -> Policy:
    """`after`, with what stands unchanged from `before`: most of it does, and need not be kept twice."""
    return Policy._make(old if old == new else new for old, new in zip(before, after, strict=True))


def _said(value: Any) -> Any:
    """Dates of TOML, and sets where another reading is given by a program, in one order."""
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


@cache
def _sources() -> TypeAdapter[dict[str, Source]]:
    return TypeAdapter(dict[str, Source])


@cache
def _policy() -> TypeAdapter[Policy]:
    return TypeAdapter(Annotated[Policy, AfterValidator(_among_their_options)])


def _among_their_options(policy: Policy) -> Policy:
    for name in SETTINGS:
        setting: Setting[Any] = getattr(policy, name)
        if setting.options and setting.value not in setting.options:
            raise ValueError(f"{name}: {setting.value!r} is none of {setting.options}")
    return policy


@cache
def policies() -> Policies:
    """The policy files as shipped; where `make build` packed them, as it read and checked them."""
    packed = FOLDER / PACKED
    if not packed.is_file():
        return from_files()
    law: Policies = pickle.loads(packed.read_bytes())  # noqa: S301  # of this package, as its compiled code is
    return law


def from_files() -> Policies:
    """The policy files as one document."""
    import tomllib

    parts = [tomllib.loads((FOLDER / name).read_bytes().decode()) for name in FILES]
    sources = {key: source for part in parts for key, source in part["sources"].items()}
    return Policies({key: value for part in parts for key, value in part.items()} | {"sources": sources})
