"""Items out of the table's stream, as the table holds them."""

import base64
from collections.abc import Mapping
from typing import Any

from shared.aws.items import Item


def new_image(change: Mapping[str, Any]) -> Item:
    """`change` is the `dynamodb` part of a stream record as Lambda delivers it."""
    image: Mapping[str, Mapping[str, Any]] = change["NewImage"]
    # Lambda passes binary attributes as base64 text, and powertools leaves them so.
    return {name: {kind: _plain(kind, said) for kind, said in value.items()} for name, value in image.items()}


def _plain(kind: str, said: Any) -> Any:
    return base64.b64decode(said) if kind == "B" else said
