"""Errors of the AWS side.

AuditError
  - SettingMissing    an environment variable is not there or unusable: mend the template, nothing runs before
  - CaseChanged       someone wrote the case file after we read it: read again, in the end let SQS redeliver
  - OutboxFull        too much of the patient waits to be announced: let SQS redeliver, send_alert or sweep catch up
  - TrailForked       the trail holds another entry under that number: a person must look, nothing is overwritten
  - AlertsNotTaken    the bus refused some of the alerts: let the stream redeliver
  - ClockBehind       some case files that are due were not audited again: Lambda tries again, in the end tomorrow's run
  - EventsNotTaken    the bus refused some events of a file, again and again: let SQS redeliver
  - FileNotFinished   the time ran out in a file: let SQS redeliver, reading goes on where it stopped
  - SweepBehind       some of what was left undone is undone still: the next run tries again
  - DigestBehind      some of what people were to hear by now waits still: the next run tells it
  - Stopped           a scheduled function met an error whose words may hold a patient's: the log says which and where
  - UnclearReplay     an operator asked for a replay and did not say of what
  - UnclearLookback   a look-back was started with an input that says nothing that can be done
"""

from collections.abc import Sequence

from shared.core.errors import AuditError


class SettingMissing(AuditError):
    """The function cannot run without it."""

    def __init__(self, name: str, wanted: str = "a value") -> None:
        super().__init__(f"environment variable {name} must hold {wanted}: set it in template.yaml, Globals")
        self.name = name


class CaseChanged(AuditError):
    """Our write came second."""

    def __init__(self, writes: int) -> None:
        super().__init__(f"case file changed since its write number {writes} was read")
        self.writes = writes


class OutboxFull(AuditError):
    """The way out is stuck, so that the way in must wait."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"{size} bytes of trail entries wait to be announced, more than {limit}: "
            "look why send_alert and sweep fail; the event is recorded once they have caught up"
        )
        self.size = size


class TrailForked(AuditError):
    """Someone else wrote into the trail, or the case file was put back to an earlier state."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"entry {number} of a trail is stored with another hash than the case file's: run ncd-audit verify; "
            "neither is overwritten, and the patient's alerts wait"
        )
        self.number = number


class AlertsNotTaken(AuditError):
    """PutEvents answers 200 and names what it refused inside."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(f"the bus refused {len(codes)} alerts: {', '.join(sorted(set(codes)))}")
        self.codes = tuple(codes)


class EventsNotTaken(AuditError):
    """The bus was too busy for too long."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(f"the bus did not take {len(codes)} events: {', '.join(sorted(set(codes)))}")
        self.codes = tuple(codes)


class FileNotFinished(AuditError):
    """Raised after how far it came was noted."""

    def __init__(self, pieces: int) -> None:
        super().__init__(f"the time ran out after {pieces} pieces of the file; the next try goes on from there")
        self.pieces = pieces


class ClockBehind(AuditError):
    """Raised after everything that could be done was done."""

    def __init__(self, failed: int, remaining: int) -> None:
        super().__init__(f"due case files not audited again: {failed} failed, {remaining} not reached in time")
        self.failed = failed
        self.remaining = remaining


class SweepBehind(AuditError):
    """Raised after everything that could be done was done."""

    def __init__(self, failed: int, remaining: int) -> None:
        super().__init__(f"left undone by the sweep: {failed} failed, {remaining} not reached in time")
        self.failed = failed
        self.remaining = remaining


class DigestBehind(AuditError):
    """Raised after everything that could be told was told."""

    def __init__(self, failed: int, remaining: int) -> None:
        super().__init__(f"patients whose news wait still: {failed} failed, {remaining} not reached in time")
        self.failed = failed
        self.remaining = remaining


class Stopped(AuditError):
    """Raised in the place of an error of others, which Lambda would print with all its words."""

    def __init__(self, error: str) -> None:
        super().__init__(f"stopped by {error}: the line before says where")


class UnclearReplay(AuditError):
    """The payload says neither which entries nor what kind of entries."""

    def __init__(self) -> None:
        super().__init__('ask with {"keys": ["DAY/ID.json"]}, or with "reason", "day" (or a beginning of it), or both')


class UnclearLookback(AuditError):
    """The input of the execution; the path is of our own names, and no value of it is repeated."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            f'{where}: {why}; start with {{"prefix": "837/2024/", "shards": 64, "as_of": "2026-06-01"}}, or with {{}}'
        )
