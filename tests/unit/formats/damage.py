"""Random damage to files, decided by one `Random`: bytes spoilt on the way, and values that a sender gets wrong."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

Holder = Any  # a dict or a list of the document
_VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 10**30, 1e300, "", " ", "x" * 2_000, "\0", "\ud800", [], {}, [[]], [None], {"a": {}}),
    *(
        "2026-02-30",
        "9999-12-31",
        "0001-01-01",
        "2026",
        "#",
        "#p",
        "Patient/",
        "/",
        "urn:uuid:",
        "Encounter/e",
        "20560",
    ),
)


def spoilt(body: bytes, random: Random) -> bytes:
    """Bytes cut, changed, doubled or lost."""
    copy = bytearray(body)
    for _ in range(random.choice((1, 1, 3, 20))):
        start = random.randrange(len(copy))
        end = min(len(copy), start + random.choice((1, 1, 5, 80)))
        change = random.randrange(4)
        if change == 0:
            copy[start] = random.randrange(256)
        elif change == 1 and end - start < len(copy):
            del copy[start:end]
        elif change == 2:
            copy[start:start] = copy[start:end]
        else:
            copy[start:start] = random.choice((b'"', b"{", b"]", b"\\", b",", b"|", b"^", b"~", b"\r", b"MSH|", b"1E9"))
    return bytes(copy[: random.randrange(len(copy)) + 1] if random.random() < 0.1 else copy)


def mistaken(document: Any, random: Random) -> Any:
    """The document with some values changed for others, lost or doubled; the resources stay as many as they were."""
    copy = json.loads(json.dumps(document))
    for _ in range(random.choice((1, 1, 2, 6))):
        spots = list(_spots(copy))
        holder, key = random.choice(spots)
        _damage(holder, key, random)
    return copy


def _damage(holder: Holder, key: Any, random: Random) -> None:
    change = random.randrange(4)
    if change == 0 and isinstance(holder, dict):
        del holder[key]
    elif change == 1 and isinstance(holder, list):
        holder.append(holder[key])
    elif change == 2:
        other = random.choice([value for _, value in _items(holder)])
        holder[key] = json.loads(json.dumps(other))
    else:
        holder[key] = random.choice(_VALUES)


def _spots(value: Holder, depth: int = 0) -> Iterator[tuple[Holder, Any]]:
    """Every place within a resource: those that hold the resources themselves stay."""
    for key, inner in _items(value):
        if depth > 2:
            yield value, key
        yield from _spots(inner, depth + 1)


def _items(value: Holder) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []
