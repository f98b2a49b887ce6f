"""The stories of events/scenarios, each told in a simulated cloud of its own."""

import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from local.cannot_read import CannotRead
from local.cloud import Cloud
from local.reading import of_file
from local.samples import scenarios
from local.simulation import simulate
from local.surroundings import simulated_aws

_SENT_ON = re.compile(rb'"time": ?"([0-9]{4}-[0-9]{2}-[0-9]{2})T')
_AT_ONCE = 2  # half the time on a laptop's two cores; each simulation is a world apart


@dataclass(frozen=True)
class Story:
    """What came of one file."""

    name: str
    document: dict[str, Any]
    seconds: float

    @property
    def title(self) -> str:
        return self.name.replace("-", " ").capitalize().replace(" kx", " KX")


def stories(names: Sequence[str] = ()) -> Iterator[Story]:
    """Those named, or all; each as soon as it and those before it are done."""
    known = scenarios()
    if unknown := sorted({*names} - {*known}):
        raise CannotRead(unknown[0], "no such story", f"name one of {', '.join(known)}")
    with ProcessPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(_story, [known[name] for name in names or known])


def example_alert(name: str) -> str:
    """The first alert of a story, as the topic mails it."""
    return _mails(name)[0]


def example_digest(name: str) -> str:
    """What of a story people do not hear at once."""
    return next(mail for mail in _mails(name) if mail.startswith("Subject: [digest]"))


def _mails(name: str) -> list[str]:
    lines = list(of_file(str(scenarios()[name])))
    with simulated_aws():
        cloud = Cloud(last_day(lines))
        for line in lines:
            cloud.send(line)
        cloud.settle()
        cloud.digest()
        return [f"Subject: {mail['Subject']}\n\n{mail['Message']}" for mail in cloud.heard.messages]


def last_day(lines: list[bytes]) -> date:
    """The day on which the last event of a story was sent: stories are audited as of it, whenever they are run."""
    return date.fromisoformat(max(day for line in lines for day in _SENT_ON.findall(line)).decode())


def _story(path: Path) -> Story:
    begun = time.perf_counter()
    lines = list(of_file(str(path)))
    document = simulate(lines, last_day(lines))
    return Story(path.stem, document, time.perf_counter() - begun)
