"""Structured mutants of valid events: what senders, middlemen and vandals make of them, decided by one `Random`."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

from tests.builders import FIRST_DAY, Envelope, a_claim, a_course, a_line, a_score, a_visit
from tests.reliability.spoilings import SPOILINGS
from tests.stories import samples

Holder = Any  # a dict or a list of the event
Spot = tuple[Holder, Any]  # where something stands: what holds it, and its key or position there

_THIRD_DAY = FIRST_DAY + timedelta(weeks=2)
_TEXTS = (
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\n",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\uffff",
        "e\u0301",
        "\U0001f9b4" * 50,
        "ﬀ",
        "İ",
        "=1+1",
    ),
    *("__proto__", "<b>", "{}", "%s", "{0}", "é" * 200, "x" * 201, "\U00010348" * 200, "'; --", "#", "fact#visit#x#1"),
    *(
        "1",
        "true",
        "null",
        "NaN",
        "M54.59",
        "M54.50",
        "KX",
        "20560",
        "20561",
        "97811",
        "\u0663",
        "\uff12\uff10\uff15\uff16\uff10",
        "-0.00",
    ),
    *("999999999999999.99", "-999999999999999", "0.000000000000001", "1e5", "x" * 10_000, "\ud800"),
)
_DATES = (
    *("0001-01-01", "0001-12-31", "9999-12-31", "9999-01-01", "1900-02-28", "2000-02-29", "2020-01-20", "2020-01-21"),
    *("2021-10-01", "2024-12-31", "2025-01-06", "2025-03-31", "2026-06-01", "2100-02-28", "0000-01-01", "2025-02-29"),
    *("2025-1-6", "20250106", "2025-W02-1", "2025-01-06T00:00:00Z", "+2025-01-06", "10000-01-01", "-001-01-01"),
)
_NUMBERS = (
    *(0, 1, -1, 2, 12, 13, 20, 99, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, 10**30, 10**400, -(10**400), 10**4000),
    *(0.5, -0.0, 1e-300, 1e300, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, float("nan"), float("inf"), float("-inf")),
)
_OTHERS: tuple[Any, ...] = (None, True, False, [], {}, [[]], [None], {"": None}, [{}], {"a": {"a": {}}})


def spots(part: Holder) -> Iterator[Spot]:
    keys = list(part) if isinstance(part, dict) else range(len(part))
    for key in keys:
        yield part, key
        if isinstance(part[key], dict | list):
            yield from spots(part[key])


def _strange(random: Random, was: Any) -> Any:
    """Another value: of the same type more often than not, so that much of it gets through the door."""
    if random.random() < 0.3:
        return random.choice((*_TEXTS, *_DATES, *_NUMBERS, *_OTHERS))
    match was:
        case bool():
            return not was
        case int() | float():
            return random.choice((*_NUMBERS, was + 1, -was, was * 10))
        case str() if was[4:5] == was[7:8] == "-":
            return random.choice(_DATES)
        case list():
            return random.choice((was * 2, was[:1] * random.choice((5, 13, 60, 400)), list(reversed(was)), was[:-1]))
    return random.choice((*_TEXTS, *_OTHERS))


def _replaced(event: Envelope, random: Random) -> None:
    holder, key = random.choice(list(spots(event)))
    holder[key] = _strange(random, holder[key])


def _dropped(event: Envelope, random: Random) -> None:
    holder, key = random.choice(list(spots(event)))
    del holder[key]


def _nulled(event: Envelope, random: Random) -> None:
    holder, key = random.choice(list(spots(event)))
    holder[key] = None


def _renamed(event: Envelope, random: Random) -> None:
    holder, key = random.choice([spot for spot in spots(event) if isinstance(spot[0], dict)])
    holder[random.choice((key.upper(), f"{key} ", f"{key}\0", "__proto__", "\uff56ersion", ""))] = holder.pop(key)


def _wrapped(event: Envelope, random: Random) -> None:
    holder, key = random.choice(list(spots(event)))
    holder[key] = random.choice(([holder[key]], {"value": holder[key]}, json.dumps(holder[key])))


def _moved(event: Envelope, random: Random) -> None:
    """A value of one place in another."""
    (one, here), (other, there) = random.choices(list(spots(event)), k=2)
    one[here] = json.loads(json.dumps(other[there]))


def _dated(event: Envelope, random: Random) -> None:
    dates = [(h, k) for h, k in spots(event["detail"]) if isinstance(h[k], str) and h[k][4:5] == h[k][7:8] == "-"]
    for holder, key in dates:
        if random.random() < 0.7:
            holder[key] = random.choice(_DATES[:16])


def _numbered(event: Envelope, random: Random) -> None:
    """All that counts something, moved at once."""
    for holder, key in spots(event["detail"]):
        if isinstance(holder[key], int | float) and not isinstance(holder[key], bool) and random.random() < 0.5:
            holder[key] = random.choice(_NUMBERS[:17])


def _multiplied(event: Envelope, random: Random) -> None:
    """A list of many: numbered anew, or as it is."""
    lists = [(h, k) for h, k in spots(event["detail"]) if isinstance(h[k], list) and h[k]]
    for holder, key in lists[: random.choice((1, 9))]:
        holder[key] = json.loads(json.dumps(holder[key] * random.choice((2, 5, 13, 100))))
        for number, part in enumerate(holder[key], 1):
            if isinstance(part, dict) and "line_number" in part and random.random() < 0.98:
                part["line_number"] = number


def _swollen(event: Envelope, random: Random) -> None:
    """Unknown fields: many, long or deep."""
    inside: Any = "deep"
    for _ in range(random.choice((1, 10, 150, 250))):
        inside = [inside] if random.random() < 0.5 else {"in": inside}
    more = {f"x{number}": number for number in range(random.choice((1, 100)))}
    event["detail"] |= random.choice(
        ({"extra": inside}, more, {"note_text": "y" * random.choice((10, 10**5, 3 * 10**5))})
    )


CHANGES: tuple[Callable[[Envelope, Random], None], ...] = (
    *(
        _replaced,
        _replaced,
        _replaced,
        _dropped,
        _nulled,
        _renamed,
        _wrapped,
        _moved,
        _dated,
        _numbered,
        _multiplied,
        _swollen,
    ),
)


def originals() -> list[Envelope]:
    """All five kinds, every part filled that an event can have: new records, corrections, repeats, late versions."""
    licensed = {"state": "NY", "number": "1", "expires_on": "2030-01-01", "unrestricted": True}
    full = a_visit(
        "V-full",
        supervision={"supervisor_npi": "1234567893", "mode": "direct"},
        performer={"profession": "acupuncturist", "acupuncture_license": licensed},
        abn={"signed_on": "2025-01-06", "form_expires_on": "2026-01-31"},
        screening=["anticoagulant", "lung_disease"],
        measures=[a_score(7, FIRST_DAY), a_score(40, FIRST_DAY, "PROMIS-PF")],
    )
    lines = [a_line(number, procedure_code=code, modifiers=["KX"]) for number, code in enumerate(("20560", "97811"), 1)]
    return [
        *samples().values(),
        full,
        a_visit(version=2, measures=[a_score(7, FIRST_DAY)]),
        a_visit(3, on=_THIRD_DAY),
        a_claim("C-lines", lines=lines),
        a_claim("C-new", frequency_code="7", replaces_claim_id="C-1-01"),
    ]


def course() -> list[Envelope]:
    """The thirteen sessions of a patient that a mutant comes among; the third visit stands in version 3."""
    return [*a_course(13, kx_from=None)[:4], a_visit(3, on=_THIRD_DAY, version=3), *a_course(13, kx_from=None)[5:]]


def mutant(random: Random, sources: list[str]) -> bytes:
    """One to three changes of an event as JSON values; of every fifth the bytes are spoilt as well."""
    event = json.loads(random.choice(sources))
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        if isinstance(event.get("detail"), dict) and event["detail"]:
            random.choice(CHANGES)(event, random)
    body = json.dumps(event, ensure_ascii=random.random() < 0.5).encode(errors="surrogatepass")
    return random.choice(SPOILINGS)(body, random) if random.random() < 0.2 else body
