"""JSON Schemas of the five kinds of event for senders, made from the models that check what they send; and of alerts.

A schema cannot say everything: what holds between fields (a score within its instrument's range, a pointer within the
diagnoses) and that a date exists is left to `parse_event`, which has the last word.
"""

import json
from typing import Any, Literal

from pydantic import BaseModel, Field, create_model

from local.samples import SCHEMAS
from shared.core import in_full
from shared.core.alert_event import AlertEvent
from shared.core.events import SNAPSHOTS

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """File name -> text of the schema."""
    details = SNAPSHOTS | {"visit": in_full.VisitRecorded}
    models: dict[str, type[BaseModel]] = {kind: _envelope(detail) for kind, detail in details.items()}
    models["alert"] = AlertEvent
    return {
        f"{kind}.json": _text({"$schema": _DIALECT, **model.model_json_schema(), "title": f"{kind} event"})
        for kind, model in models.items()
    }


class _Envelope(BaseModel):
    id: object = None
    source: object = None


def _envelope(detail: type[BaseModel]) -> type[BaseModel]:
    kind: Any = Literal[detail.__name__]
    fields: dict[str, Any] = {"type": (kind, Field(alias="detail-type")), "detail": detail}
    return create_model("Envelope", __base__=_Envelope, **fields)


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2) + "\n"


def write_schemas() -> None:
    SCHEMAS.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (SCHEMAS / name).write_text(text, encoding="utf-8")
