"""Errors of the AWS side.

AuditError
  - SettingMissing    an environment variable is not there or unusable: mend the template, nothing runs before
  - CaseChanged       someone wrote the case file after we read it: read again, in the end let SQS redeliver
  - AlertsNotTaken    the bus refused some of the alerts: let the stream redeliver
  - ClockBehind       some case files that are due were not audited again: Lambda tries again, in the end tomorrow's run
  - UnclearReplay     an operator asked for a replay and did not say of what
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


class AlertsNotTaken(AuditError):
    """PutEvents answers 200 and names what it refused inside."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(f"the bus refused {len(codes)} alerts: {', '.join(sorted(set(codes)))}")
        self.codes = tuple(codes)


class ClockBehind(AuditError):
    """Raised after everything that could be done was done."""

    def __init__(self, failed: int, remaining: int) -> None:
        super().__init__(f"due case files not audited again: {failed} failed, {remaining} not reached in time")
        self.failed = failed
        self.remaining = remaining


class UnclearReplay(AuditError):
    """The payload says neither which entries nor what kind of entries."""

    def __init__(self) -> None:
        super().__init__('ask with {"keys": ["DAY/ID.json"]}, or with "reason", "day" (or a beginning of it), or both')


class UnknownCursor(AuditError):
    """The place to go on from is none that a page named."""

    def __init__(self) -> None:
        super().__init__("this cursor was not given out by a page of the list: begin again without it")
