"""One patient audited: by our rules, by plain Python over dicts, and by SQL over all patients at once.

Who does not answer with the same (patient, rule, date) rows has no time: `same` stops the benchmark.
"""

import gc
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from shared.core.findings import Finding
from tests.benchmarks import ours, plain, sql
from tests.benchmarks.patients import Told, lines, patient
from tests.benchmarks.patients import plain as as_dicts
from tests.benchmarks.table import Row, at_most, beside, micro, seconds

ROUNDS = 5
PATIENTS = 200


def rows(count: int = PATIENTS, rounds: int = ROUNDS) -> Iterator[Row]:
    told = [patient(number) for number in range(count)]
    bodies, dicts = [lines(events) for events in told], [as_dicts(events) for events in told]
    histories = [(f"P-{number}", ours.history(events)) for number, events in enumerate(bodies)]
    gc.freeze()  # what was generated is no work of any competitor's
    with TemporaryDirectory() as name:
        folder = Path(name)
        warehouse = sql.warehouse((record for records in dicts for record in records), folder)

        def by_plain() -> list[Told]:
            return [row for records in dicts for row in plain.audit(records)]

        def by_six() -> list[Finding]:
            return [finding for known in histories for finding in ours.core_six(*known)]

        def by_all() -> list[Finding]:
            return [finding for known in histories for finding in ours.whole(*known)]

        found = by_all()
        same(by_plain(), ours.told(by_six()), ours.told(found), sql.audit(warehouse, folder))
        works: dict[str, Callable[[], object]] = {
            "plain": by_plain,
            "judged": lambda: [ours.judged(history) for _, history in histories],
            "core six": by_six,
            "whole": by_all,
            "SQL": lambda: sql.audit(warehouse, folder),
            "decode": lambda: [ours.history(events) for events in bodies],
            "loads": lambda: [json.loads(body) for events in bodies for body in events],
        }
        each = {what: spent / count for what, spent in seconds(works, rounds).items()}
        warehouse.close()
    gc.unfreeze()
    yield from _shown(each, sum(map(len, told)) / count, len(found) / count)


def same(*answers: Iterable[Told]) -> None:
    first, *others = ([*map(tuple, sorted(answer))] for answer in answers)
    assert first, "nothing was found"
    for place, other in enumerate(others, 1):
        assert other == first, f"competitor {place} answers otherwise: its time would not count"


def _shown(each: dict[str, float], records: float, findings: float) -> Iterator[Row]:
    floor = each["plain"]
    yield Row(f"plain Python, core six, of {records:.0f} records", micro(floor), "1")
    yield beside("  our rules, core six: verdicts alone", micro(each["judged"]), each["judged"] / floor, "plain")
    yield at_most("  our rules, core six: in full", micro(each["core six"]), each["core six"] / floor, 1.5, "plain")
    yield at_most(
        f"  whole catalogue, {findings:.0f} findings in full", micro(each["whole"]), each["whole"] / floor, 8, "plain"
    )
    yield beside("  DuckDB SQL from Parquet, core six, one thread", micro(each["SQL"]), each["SQL"] / floor, "plain")
    decoded, loaded = each["decode"] + each["whole"], each["loads"] + floor
    yield beside("  the same from text, decoded and validated", micro(decoded), decoded / loaded, "plain from text")
    yield Row("  audits a second on one core, whole catalogue", f"{1 / each['whole']:,.0f}")
