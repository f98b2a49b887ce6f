"""JSON Schemas of the five kinds of event for senders, made from the models that check what they send; and of alerts.

A schema cannot say everything: what holds between fields (a score within its instrument's range, a pointer within the
diagnoses) and that a date exists is left to `parse_event`, which has the last word.
"""

import json
from typing import Any

from pydantic import BaseModel

from local.samples import SCHEMAS
from shared.core.alert_event import AlertEvent
from shared.core.intake import envelope_models

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """File name -> text of the schema."""
    models: list[tuple[str, type[BaseModel]]] = [*envelope_models().items(), ("alert", AlertEvent)]
    return {
        f"{kind}.json": _text({"$schema": _DIALECT, **model.model_json_schema(), "title": f"{kind} event"})
        for kind, model in models
    }


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2) + "\n"


def write_schemas() -> None:
    SCHEMAS.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (SCHEMAS / name).write_text(text, encoding="utf-8")
