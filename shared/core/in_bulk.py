"""Claims and answers of tables, by the thousand: each distinct value is checked once, by the types of the contract.

Nothing is refused here. What does not pass must go through the one door (`intake`), which says what is wrong with it.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter

from shared.core.snapshot import Part, Snapshot

_REMEMBERED = 20_000  # values of a field; names of claims never recur, and must not fill the memory
_STRICT = ConfigDict(strict=True)

S = TypeVar("S", bound=Snapshot)
M = TypeVar("M", bound=BaseModel)
Values = tuple[Any, ...]  # text, whole numbers, None, or tuples of such


class _Checked(dict[Any, Any]):
    """What a field's type makes of a value. Raises where it refuses it."""

    def __init__(self, type_: Any) -> None:
        super().__init__()
        self._type: TypeAdapter[Any] = TypeAdapter(type_, config=_STRICT)

    def __missing__(self, value: Any) -> Any:
        if len(self) >= _REMEMBERED:
            self.clear()
        checked = self[value] = self._type.validate_python(value)
        return checked


class InBulk(Generic[S]):
    """Makes snapshots of one kind that have lines. `fields` and `of_line` name what is told of each, in order."""

    def __init__(self, kind: type[S], fields: Sequence[str], line: type[Part], of_line: Sequence[str]) -> None:
        self._kind, self._line = kind, line
        self._fields, self._line_fields = _placed(kind, fields), _placed(line, of_line)
        self._names, self._line_names = {*fields, "lines"}, {*of_line}
        self._validators = [each.func for each in kind.__pydantic_decorators__.model_validators.values()]

    def made(self, told: Values, lines: Iterable[Values]) -> S | None:
        """What the door would make of the same in JSON; None where it would refuse it."""
        told = (*told, None)
        try:
            values = {name: checked[told[at]] for name, checked, at in self._fields}
            values["lines"] = tuple([self._line_of(line) for line in lines])
            record = _of(self._kind, values, self._names)
            for check in self._validators:
                check(record)
        except ValueError:
            return None
        return record

    def _line_of(self, told: Values) -> Part:
        values = {name: checked[told[at]] for name, checked, at in self._line_fields}
        return _of(self._line, values, self._line_names)


def _placed(model: type[BaseModel], told: Sequence[str]) -> list[tuple[str, _Checked, int]]:
    """Each field of the model, in its order, with its place in what is told; what is not told stands at the end."""
    types = get_type_hints(model, include_extras=True)
    places = {name: at for at, name in enumerate(told)}
    fields = (name for name in model.model_fields if name != "lines")
    return [(name, _Checked(types[name]), places.get(name, len(places))) for name in fields]


def _of(model: type[M], values: dict[str, Any], names: set[str]) -> M:
    """`model_construct`, which takes eight times as long: it looks for aliases and defaults that we do not have."""
    made, put = model.__new__(model), object.__setattr__
    put(made, "__dict__", values)
    put(made, "__pydantic_fields_set__", names)
    put(made, "__pydantic_extra__", None)
    put(made, "__pydantic_private__", None)
    return made
