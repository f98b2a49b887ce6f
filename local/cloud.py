"""The simulated cloud: takes lines as senders send them, lets the functions work, and tells what came of it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from functions import (
    keep_worklist,
    read_file,
    record_event,
    remind,
    replay_quarantine,
    send_alert,
    send_digest,
    serve_desk,
    sweep,
    turn_clock,
)
from local.feeding import entry, read_envelope
from local.functions import Function, fed_by, with_handler
from local.invoking import Invoker
from local.listening import Listener
from local.origins import Origin, Origins
from local.pumps import QueuePump, StreamPump
from local.surroundings import sqs
from local.template import TEMPLATE, read_template
from local.wiring import Stack
from shared.aws.inbox import message_text
from shared.aws.quarantine import Entry, Message, Quarantine, quarantine
from shared.aws.runtime import events, metrics, now
from shared.aws.table import case_table
from shared.aws.trail import trail_table
from shared.core.alerts import Alert, alerts_of, announced
from shared.core.body import delivery_id
from shared.core.document import Counts, Quarantined, Run, alert_entry
from shared.core.policy import policies
from shared.core.standing import Standing

if TYPE_CHECKING:
    from types_boto3_events.type_defs import PutEventsRequestEntryTypeDef


_BAG = 10  # what PutEvents takes in one call


class MessagesLost(Exception):
    """Something went in that was neither recorded nor refused."""

    def __init__(self, sent: int, answered: int, errors: Sequence[str]) -> None:
        said = f"; the functions said: {errors[-1]}" if errors else ""
        super().__init__(f"{sent} lines were sent, {answered} were answered{said}")


@cache
def _described(template: str) -> Mapping[str, Any]:
    """Read once for all clouds: nobody changes it."""
    return read_template(template)


class Cloud:
    """What template.yaml describes, running as of a date; to be made and used inside `simulated_aws`."""

    def __init__(self, as_of: date, template: str | None = None) -> None:
        stack = Stack(_described(template or TEMPLATE.read_text(encoding="utf-8")))
        functions = stack.make_all()
        self._as_of = as_of
        self.invoker = Invoker(as_of)
        self.recorder, inbox = fed_by(functions, "SQS", record_event.handler)
        self.announcer, changes = fed_by(functions, "DynamoDB", send_alert.handler)
        self.keeper, kept = fed_by(functions, "DynamoDB", keep_worklist.handler)
        self.clock = with_handler(functions, turn_clock.handler)
        self.reminder = with_handler(functions, remind.handler)
        self.operator = with_handler(functions, replay_quarantine.handler)
        self.sweeper = with_handler(functions, sweep.handler)
        self.digester = with_handler(functions, send_digest.handler)
        self.reader, self.files = fed_by(
            functions, "SQS", read_file.handler
        )  # by tests: a simulation reads files itself
        self._inbox = QueuePump(self.recorder, inbox, self.invoker)
        self._changes = StreamPump(self.announcer, changes, self.invoker)
        self._listed = StreamPump(self.keeper, kept, self.invoker)
        self.desk = with_handler(functions, serve_desk.handler)
        [bus] = stack.of_type("AWS::Events::EventBus")
        self._bus = bus.ref
        self.heard = Listener(bus.ref, self.announcer.environment["TOPIC_ARN"])
        self._sent = 0
        self._bag: list[tuple[PutEventsRequestEntryTypeDef, Origin]] = []
        self._origins = Origins()

    def send(self, line: bytes) -> None:
        """By the bus if it takes the line, else by the inbox, else into the hands of the function behind it."""
        if envelope := read_envelope(line):
            self._bag.append((entry(self._bus, envelope), Origin(self._sent, delivery_id(envelope.get("id")))))
            if len(self._bag) == _BAG:
                self._post()
        elif text := message_text(line):
            self._post()
            sent = sqs().send_message(QueueUrl=self._inbox.url, MessageBody=text)
            self._origins.message(sent["MessageId"], Origin(self._sent, None))
        else:
            self._hand_over(line)
        self._sent += 1

    def _post(self) -> None:
        """The bus takes several events in one call."""
        if self._bag:
            entries, origins = zip(*self._bag, strict=True)
            answer = events().put_events(Entries=entries)
            self._origins.events(zip((sent["EventId"] for sent in answer["Entries"]), origins, strict=True))
            self._bag.clear()

    def _hand_over(self, line: bytes) -> None:
        self.settle()
        message = Message(f"line-{self._sent}", datetime.now(UTC), line)
        self._origins.message(message.id, Origin(self._sent, None))
        with self.invoker.inside(self.recorder):
            record_event.receive(message)
            metrics.flush_metrics()

    def settle(self) -> None:
        """Let the functions work until nothing waits."""
        self._post()
        self._inbox.run(self._origins.trace)
        self._changes.run()
        self._listed.run()
        self.heard.listen()

    def turn_clock(self, as_of: date) -> None:
        """It is that day now, and the hour of the scheduled function: let it run, and all that follows from it."""
        self.settle()
        self._as_of = self.invoker.as_of = as_of
        self._scheduled(self.clock)

    def sweep(self) -> None:
        """Five minutes are over: let the sweep run, and all that follows from it."""
        self.settle()
        self._scheduled(self.sweeper)

    def _scheduled(self, function: Function) -> None:
        self.invoker.answer(function, {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}})
        self.settle()

    def digest(self) -> None:
        """The day is over, and the next: whatever people did not hear at once they hear now."""
        self.settle()
        self.invoker.answer(self.digester, {"until": (now() + timedelta(days=2)).isoformat()})
        self.heard.listen()

    def remind(self, as_of: date) -> None:
        """It is that day now, and the hour of the reminders."""
        self.settle()
        self._as_of = self.invoker.as_of = as_of
        self._scheduled(self.reminder)

    def replay(self, keys: Sequence[str]) -> dict[str, str]:
        """Let the operator's function send these entries of the quarantine again; what became of each."""
        done: dict[str, list[str]] = self.invoker.answer(self.operator, {"keys": list(keys)})
        self._sent += len(done["sent"])
        self.settle()
        came_to = {key: str(self._store().replayed(key)) for key in done.pop("sent")}
        return came_to | {key: answer for answer, some in done.items() for key in some}

    def run(self) -> Run:
        """What became of the lines, once all is settled."""
        return Run(self._as_of, policies().id, self._counts(), self._quarantined(), self._standings(), self._alerts())

    def _counts(self) -> Counts:
        names = ("Received", "Recorded", "Duplicates", "Superseded", "Quarantined")
        counts = Counts(**{name.lower(): self.invoker.metrics[name] for name in names})
        if counts.received != self._sent:
            raise MessagesLost(self._sent, counts.received, self.invoker.errors)
        return counts

    def _quarantined(self) -> list[Quarantined]:
        return [Quarantined(entry.event_id, entry.reason, entry.where) for entry in self.entries()]

    def _alerts(self) -> list[dict[str, str]]:
        """What people had to hear, at once or with a digest, in the order in which the bus carried it."""
        known = self._announced()
        heard = (known.get(event["detail"]["alert_id"]) for event in self.heard.events)
        return [alert_entry(alert) for alert in announced(filter(None, heard))]

    def _announced(self) -> dict[str, Alert]:
        """Every alert by its id, out of the trails."""
        with self.invoker.inside(self.recorder):
            entries = [entry for patient in self._changes.patients for entry in trail_table().since(patient, 1)]
        return {alert.alert_id: alert for entry in entries for alert in alerts_of(entry.step)}

    def entries(self) -> list[Entry]:
        """What lies in quarantine, in the order of the lines, under the ids the lines had."""
        store = self._store()
        return self._origins.told(entry for key in store.listed() if (entry := store.entry(key)))

    def _store(self) -> Quarantine:
        with self.invoker.inside(self.recorder):
            return quarantine()

    def _standings(self) -> list[Standing]:
        """What the table holds of everyone its stream spoke of."""
        with self.invoker.inside(self.recorder):
            table = case_table()
        return [table.case(patient_id).case.standing for patient_id in sorted(self._changes.patients)]
