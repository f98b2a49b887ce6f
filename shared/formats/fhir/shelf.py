"""The resources of one Bundle or file, and how one names another."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.core.errors import Reason
from shared.formats.fhir.dates import version
from shared.formats.fhir.elements import Element, Identified, Reference, Resource
from shared.formats.piecework import Unfit, refused
from shared.formats.reading import Identify, Refused

_LONGEST_PATH = 20
Model = TypeVar("Model", bound=Element)
_KINDS_OF_ERROR = {
    "missing": Reason.MISSING_FIELD,
    "greater_than_equal": Reason.OUT_OF_RANGE,
    "less_than_equal": Reason.OUT_OF_RANGE,
    "recursion_depth_exceeded": Reason.TOO_DEEP,
    "recursion_loop": Reason.TOO_DEEP,
}


@dataclass(frozen=True, eq=False)
class Entry:
    """A resource and where it stands; `raw` is the text of it, if it came as a text of its own."""

    place: str
    body: Mapping[str, Any]
    full_url: str | None = None
    raw: bytes | None = None
    _models: dict[type[Element], Element] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return str(self.body.get("resourceType", ""))

    @cached_property
    def version(self) -> int:
        try:
            return version(self.read(Resource).meta)
        except Unfit:
            return 0  # what is wrong is said where the resource is read

    def as_it_came(self) -> bytes:
        return self.raw if self.raw is not None else json.dumps(self.body).encode()

    def read(self, model: type[Model]) -> Model:
        """The resource as `model`; a Patient or Coverage is asked for many times."""
        if model not in self._models:
            try:
                self._models[model] = model.model_validate(self.body)
            except ValidationError as error:
                first = error.errors(include_url=False, include_context=False, include_input=False)[0]
                raise Unfit(_reason(first), _path(first)) from None
        return self._models[model]  # type: ignore[return-value]

    def refused(self, unfit: Unfit) -> Refused:
        return refused(unfit.reason, f"{self.place}.{unfit.path}", self.as_it_came())


def _reason(error: ErrorDetails) -> Reason:
    return _KINDS_OF_ERROR.get(error["type"], Reason.WRONG_TYPE)


def _path(error: ErrorDetails) -> str:
    """The path in FHIR's own words, item[0].servicedDate, as far as anybody would follow it."""
    steps = [step for step in error["loc"] if step not in ("int", "float")][:_LONGEST_PATH]
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


class Shelf:
    """What a Bundle or file holds, found by how FHIR refers to it; of a history only the latest version counts."""

    def __init__(self, entries: Iterable[Entry], identify: Identify) -> None:
        self.entries = list(entries)
        self.identify = identify
        self._named: dict[str, Entry] = {}
        for entry in self.entries:
            self._name(entry)
        self._by_kind: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            if not self.superseded(entry):
                self._by_kind[entry.kind].append(entry)

    def _name(self, entry: Entry) -> None:
        for name in _names(entry):
            if name not in self._named or entry.version > self._named[name].version:
                self._named[name] = entry

    def superseded(self, entry: Entry) -> bool:
        """Whether a later version of the same resource is here too."""
        return any(self._named[name].version > entry.version for name in _names(entry))

    def of_kind(self, kind: str) -> list[Entry]:
        return self._by_kind[kind]

    def find(self, reference: Reference | None, within: Entry) -> Entry | None:
        """What `reference` names: contained in `within`, by its full address, or by type and id."""
        address = reference.reference if reference else None
        if not address:
            return None
        if address.startswith("#"):
            return _contained(within, address[1:])
        return self._named.get(address) or self._named.get(relative(address))


def _names(entry: Entry) -> list[str]:
    name = entry.body.get("id")
    own = [f"{entry.kind}/{name}"] if isinstance(name, str) and name else []
    return [*own, entry.full_url] if entry.full_url else own


def _contained(within: Entry, name: str) -> Entry | None:
    contained = within.body.get("contained")
    bodies = [body for body in contained if isinstance(body, dict)] if isinstance(contained, list) else []
    found = (number for number, body in enumerate(bodies) if body.get("id") == name)
    number = next(found, None)
    return None if number is None else Entry(f"{within.place}.contained[{number}]", bodies[number])


def relative(address: str) -> str:
    """Type and id, whatever server and version: one server is told by both `Patient/1` and its full address."""
    steps = address.split("/_history/", 1)[0].split("/")
    return "/".join(steps[-2:])


def identity(entry: Entry) -> str:
    """Type and id; of a resource that has no id yet its business identifier, else the name its Bundle gave it.

    The id comes first though a business identifier means more, because others refer by it: an ExplanationOfBenefit
    that comes alone names the Claim by nothing else.
    """
    resource = entry.read(Resource)
    if resource.id:
        return f"{entry.kind}/{resource.id}"
    values = [identifier.value for identifier in _identifiers(entry) if identifier.value]
    name = min(values, default=entry.full_url)
    if not name:
        raise Unfit(Reason.MISSING_FIELD, "id")
    return name


def _identifiers(entry: Entry) -> list[Any]:
    """One resource, QuestionnaireResponse, has a single identifier and no list."""
    return list(entry.read(Identified).identifier) if isinstance(entry.body.get("identifier"), list) else []
