"""What comes in: messages parsed beside `json.loads` of them, and an 837P beside pyx12's loop reader."""

import json
from collections.abc import Iterator

from shared.core.intake import parse_event
from tests.benchmarks.patients import lines, patient
from tests.benchmarks.table import Row, at_most, micro, seconds
from tests.benchmarks.test_x12_speed import file_of, read_by_pyx12, read_by_us

ROUNDS = 15
_PATIENTS, _CLAIMS, _BY_PYX12 = 5, 400, 40


def rows() -> Iterator[Row]:
    yield from messages()
    yield from claims()


def messages() -> Iterator[Row]:
    bodies = [body for number in range(_PATIENTS) for body in lines(patient(number))]
    visits, others = ([body for body in bodies if (b'"VisitRecorded"' in body) == visits] for visits in (True, False))
    for what, some in (("visits", visits), ("claims", others), ("visits and claims by turns", bodies)):
        spent = seconds(
            {
                "loads": lambda some=some: [json.loads(body) for body in some],  # type: ignore[misc]
                "parsed": lambda some=some: [parse_event(body) for body in some],  # type: ignore[misc]
            },
            ROUNDS,
        )
        parsed = spent["parsed"] / len(some)
        yield at_most(f"decode and validate {what}", micro(parsed), spent["parsed"] / spent["loads"], 1.4, "json.loads")
    yield Row("  events parsed a second on one core", f"{1 / parsed:,.0f}")


def claims() -> Iterator[Row]:
    ours, theirs = file_of(_CLAIMS), file_of(_BY_PYX12)
    spent = seconds({"ours": lambda: read_by_us(ours), "pyx12": lambda: read_by_pyx12(theirs)}, ROUNDS)
    a_second, by_pyx12 = _CLAIMS / spent["ours"], _BY_PYX12 / spent["pyx12"]
    ratio = a_second / by_pyx12
    yield Row("837P claims a second", f"{a_second:,.0f}", "", "at least 15,000", a_second >= 15_000)
    yield Row("  beside pyx12's loop reader", f"{by_pyx12:,.0f}", f"{ratio:.0f} x pyx12", "at least 50", ratio >= 50)
