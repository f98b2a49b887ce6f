"""The standing of a case file before and after a change, out of the table's stream."""

import base64
from collections.abc import Mapping
from typing import Any

from shared.aws.table import PARTS, patient_of
from shared.core.case import standing_from_parts
from shared.core.standing import Standing


def standings(change: Mapping[str, Any]) -> tuple[Standing, Standing]:
    """Before and after; `change` is the `dynamodb` part of a stream record as Lambda delivers it."""
    patient_id = patient_of(change["Keys"]["pk"]["S"])
    return _standing(patient_id, change.get("OldImage")), _standing(patient_id, change["NewImage"])


def _standing(patient_id: str, image: Mapping[str, Any] | None) -> Standing:
    if not image:
        return Standing(patient_id)
    # Lambda passes binary attributes as base64 text, and powertools leaves them so.
    return standing_from_parts(patient_id, {part: base64.b64decode(image[part]["B"]) for part in PARTS})
