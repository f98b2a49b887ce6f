"""Says at the end how much was run: tests tell it by `ran`, also from another process."""

from collections import Counter
from collections.abc import Callable

import pytest

Ran = Callable[[str, int], None]
_MARK = "ran: "


@pytest.fixture
def ran(record_property: Callable[[str, object], None]) -> Ran:
    """Call it with what was run and how often."""
    return lambda what, times: record_property(f"{_MARK}{what}", times)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts: Counter[str] = Counter()
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, times in report.user_properties:
            if name.startswith(_MARK):
                counts[name.removeprefix(_MARK)] += int(str(times))
    for what, times in sorted(counts.items()):
        terminalreporter.write_line(f"{times:>9,} {what}")
