"""The envelope around an event: what is kept of it, and the schema that checks it with its `detail`."""

from functools import cache
from typing import NamedTuple, get_args

from pydantic_core import CoreSchema, SchemaValidator, core_schema

from shared.core.body import delivery_id
from shared.core.events import Event

KINDS: dict[str, type[Event]] = {model.__name__: model for model in get_args(Event)}
# What the sender and EventBridge write beside the kind and the `detail`.
_BESIDE = ("id", "source", "time", "version", "account", "region", "resources")


class Envelope(NamedTuple):
    """`id` and `source` are kept for tracing and precedence only: a strange one is no reason to refuse the fact."""

    detail: Event
    id: object
    source: object

    @property
    def event_id(self) -> str | None:
        return delivery_id(self.id)


@cache
def envelope_of(kind: str) -> SchemaValidator:
    """Built when the first event of its kind comes; what it reads are dicts."""
    return SchemaValidator(_schema(KINDS[kind]))


@cache
def any_envelope() -> SchemaValidator:
    choices = {kind: _schema(model) for kind, model in KINDS.items()}
    return SchemaValidator(core_schema.tagged_union_schema(choices, discriminator="detail-type"))


@cache
def visit_in_full() -> SchemaValidator:
    from shared.core import in_full  # of the visits that arrive next to none is refused

    return SchemaValidator(_schema(in_full.VisitRecorded))


def _schema(model: type[Event]) -> CoreSchema:
    model.model_rebuild()
    field = core_schema.typed_dict_field
    fields = {name: field(core_schema.any_schema(), required=False) for name in _BESIDE}
    fields["detail-type"] = field(core_schema.literal_schema([model.__name__]))
    fields["detail"] = field(model.__pydantic_core_schema__)
    return core_schema.typed_dict_schema(fields)
