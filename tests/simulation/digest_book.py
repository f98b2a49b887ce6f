"""What people hear later in a world: what was put off, and what digests told of it, their repeats dropped."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache

from shared.aws.items import LATER, trail_key
from shared.aws.items import entry as entry_of
from shared.core.alerts import Alert, alerts_of
from tests.simulation.ledger import Broken
from tests.simulation.values import Item
from tests.simulation.world import World

Told = tuple[str, int]
_LINE = re.compile(r"^  \[\w+\] \S+ (\w+): .*?^    finding (\w{20}), revision (\d+)$", re.MULTILINE | re.DOTALL)


class DigestBook:
    """By finding and revision: what was put off, what waits still, and what the digests told, by the digest's id."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.items = {key: item for key, item in world.held.table.items.items() if key[1].startswith(LATER)}
        self.put_off = {told_of(alert) for key, item in self.items.items() for alert in self._alerts(key, item)}
        self.said: dict[str, str] = {}
        for message in world.held.topic.messages:
            if name := message["MessageAttributes"].get("digest_id"):
                self._add(name["StringValue"], message["Message"])

    def _alerts(self, key: tuple[str, str], item: Item) -> Iterator[Alert]:
        """None where the change is still on its way out: its entry is not carried yet."""
        carried = self.world.held.table.items.get((key[0], trail_key(int(key[1].removeprefix(LATER)))))
        said = _said(carried["body"]["B"], carried["hash"]["S"]) if carried else ()
        return (alert for alert in said if f'"{alert.finding.finding_id}"' in item["findings"]["S"])

    def _add(self, name: str, message: str) -> None:
        if self.said.setdefault(name, message) != message:
            raise Broken("a digest was sent again with other words")

    def steps(self) -> dict[Told, str]:
        """What the digests told; each of it only once."""
        lines = [line for message in self.said.values() for line in _LINE.findall(json.loads(message)["default"])]
        found = {(finding, int(revision)): step for step, finding, revision in lines}
        if len(found) != len(lines):
            raise Broken("two digests tell the same")
        if invented := found.keys() - self.put_off:
            raise Broken(f"digests tell {len(invented)} things that nobody put off")
        return found

    @property
    def repeated(self) -> int:
        sent = [message for message in self.world.held.topic.messages if "digest_id" in message["MessageAttributes"]]
        return len(sent) - len(self.said)

    def conclude(self) -> None:
        """What must hold after the last digest."""
        if waiting := [item for item in self.items.values() if "tell" in item]:
            raise Broken(f"{len(waiting)} changes wait to be told and never will be")
        if "said" in self.world.held.table.items.get(("digest", "open"), {}):
            raise Broken("a digest was written and not sent")


def told_of(alert: Alert) -> Told:
    return alert.finding.finding_id, alert.revision


@lru_cache(maxsize=4096)
def _said(body: bytes, digest: str) -> tuple[Alert, ...]:
    return alerts_of(entry_of({"body": {"B": body}, "hash": {"S": digest}}).step)
