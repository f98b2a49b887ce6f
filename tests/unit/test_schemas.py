"""The JSON Schemas for senders are those of the models, and tell the truth about what may be missing."""

import json
from typing import Any

import pytest

from local.samples import SCHEMAS, sample
from local.schemas import schemas
from shared.core.errors import Reason, Unreadable
from shared.core.events import SNAPSHOTS, Kind
from shared.core.intake import parse_event


def test_the_committed_schemas_are_current() -> None:
    """If not: `ncd-audit schemas` writes them anew."""
    assert {path.name: path.read_text(encoding="utf-8") for path in SCHEMAS.iterdir()} == schemas()


@pytest.mark.parametrize("kind", SNAPSHOTS)
def test_a_sample_is_accepted(kind: Kind) -> None:
    assert parse_event(sample(kind).encode()).detail.kind == kind


@pytest.mark.parametrize("kind", SNAPSHOTS)
def test_what_a_schema_requires_may_not_be_missing_and_the_rest_may(kind: Kind) -> None:
    envelope, schema = json.loads(sample(kind)), json.loads(schemas()[f"{kind}.json"])
    detail = schema["$defs"][envelope["detail-type"]]
    assert set(envelope["detail"]) <= set(detail["properties"])
    refused = {name for name in detail["properties"] if _refused_without(name, envelope)}
    assert refused == set(detail["required"])


def _refused_without(name: str, envelope: dict[str, Any]) -> bool:
    detail = {field: value for field, value in envelope["detail"].items() if field != name}
    try:
        parse_event(json.dumps(envelope | {"detail": detail}).encode())
    except Unreadable as refusal:
        return (refusal.reason, refusal.where) == (Reason.MISSING_FIELD, f"detail.{name}")
    return False
