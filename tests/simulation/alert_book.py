"""What people and machines had to hear of a world, and what they heard: every alert once, its repeats dropped.

Alerts are counted by (finding, revision) of what the table held one after the other, and by the id they carry. People
hear each at once, or it is put off for a digest, which DigestBook follows.
"""

import json
from collections.abc import Iterable
from functools import lru_cache

from shared.aws.items import PARTS
from shared.core.alerts import Alert, alerts, announced
from shared.core.severity import Severity
from shared.core.standing import Standing, Transition
from shared.core.stored import standing_from
from tests.simulation.digest_book import DigestBook, Told, told_of
from tests.simulation.ledger import Broken, Ledger, parts_of
from tests.simulation.table import Change
from tests.simulation.world import World


class AlertBook:
    """What had to be heard, by what the table held one after the other; and what was."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.digests = DigestBook(world)
        self.due: dict[Told, Alert] = {}
        self.for_people: set[Told] = set()
        for change in world.held.table.changes:
            if change.key[1] == "case":
                self._add(change)

    def _add(self, change: Change) -> None:
        patient_id = change.key[0].removeprefix("patient#")
        said = _said(patient_id, change.old and parts_of(change.old), parts_of(change.new))
        self.due |= {told_of(alert): alert for alert in said}
        self.for_people |= {told_of(alert) for alert in announced(said)}

    def heard_by_machines(self) -> list[tuple[str, Told, str]]:
        details = [json.loads(event["Detail"]) for event in self.world.held.bus.events]
        return [(d["alert_id"], (d["finding_id"], d["revision"]), d["transition"]) for d in details]

    def heard_by_people(self) -> list[str]:
        """At once."""
        said = [message["MessageAttributes"] for message in self.world.held.topic.messages]
        return [attributes["alert_id"]["StringValue"] for attributes in said if "alert_id" in attributes]

    def conclude(self) -> None:
        heard = self.heard_by_machines()
        known = {(id, told) for id, told, _ in heard}
        ids = {told: id for id, told in known}
        if len(known) != len(ids) or len(known) != len(set(ids.values())):
            raise Broken("one alert has two ids, or one id two alerts")
        self._same("the bus", ids.keys(), self.due.keys())
        at_once = {told for id, told in known if id in set(self.heard_by_people())}
        if len(at_once) != len(set(self.heard_by_people())) or at_once & self.digests.put_off:
            raise Broken("people hear at once what is not on the bus, or what they hear later too")
        self._same("people", at_once | self.digests.put_off, self.for_people)
        if not self.world.hushed:
            grave = {told for told in self.for_people if self.due[told].weight is Severity.VIOLATION}
            self._same("people at once", at_once, grave)
        if self._open(heard) != Ledger(self.world).open():
            raise Broken("the officer's list is not what stands")

    def conclude_told(self) -> None:
        """After the last digest: of each finding people know the last of what they had to hear, or never heard."""
        self.conclude()
        self.digests.conclude()
        ids = {id: told for id, told, _ in self.heard_by_machines()}
        heard = {*self.digests.steps(), *(ids[id] for id in self.heard_by_people())}
        for finding in {finding for finding, _ in self.for_people}:
            last = max(revision for known, revision in self.for_people if known == finding)
            known = sorted(revision for known, revision in heard if known == finding) or [0]
            gone = self.due[finding, last].transition is Transition.WITHDRAWN
            if known[-1] != last and not (gone and known == [0]):
                raise Broken(f"of a finding people know revision {known[-1]} and not {last}")
            if gone and known == [last] and self._opened(finding):
                raise Broken("people are told of the end of what they never heard of")

    def _opened(self, finding: str) -> bool:
        """Whether people had to hear of it from its beginning on."""
        first = min(revision for known, revision in self.for_people if known == finding)
        return self.due[finding, first].transition in (Transition.OPENED, Transition.REOPENED)

    @staticmethod
    def _same(who: str, heard: Iterable[object], due: Iterable[object]) -> None:
        missed, invented = set(due) - set(heard), set(heard) - set(due)
        if missed or invented:
            raise Broken(f"{who} missed {len(missed)} alerts and heard {len(invented)} that were not due")

    @staticmethod
    def _open(heard: Iterable[tuple[str, Told, str]]) -> frozenset[str]:
        """What the officer holds for open: of each finding the highest revision heard."""
        last = {told[0]: step for _, told, step in sorted(heard, key=lambda alert: alert[1])}
        return frozenset(finding for finding, step in last.items() if step != Transition.WITHDRAWN)

    @property
    def repeated(self) -> int:
        """How many sends were not the first of their kind."""
        machines, people = [id for id, _, _ in self.heard_by_machines()], self.heard_by_people()
        return len(machines) - len(set(machines)) + len(people) - len(set(people)) + self.digests.repeated


@lru_cache(maxsize=4096)
def _said(patient_id: str, old: tuple[bytes, ...] | None, new: tuple[bytes, ...]) -> tuple[Alert, ...]:
    before = standing_from(patient_id, dict(zip(PARTS, old, strict=True))) if old else Standing(patient_id)
    return alerts(before, standing_from(patient_id, dict(zip(PARTS, new, strict=True))))
