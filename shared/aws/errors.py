"""Errors of the AWS side.

AuditError
  - SettingMissing    an environment variable is not there or unusable: mend the template, nothing runs before
  - CaseChanged       someone wrote the case file after we read it: read again, in the end let SQS redeliver
  - AlertsNotTaken    the bus refused some of the alerts: let the stream redeliver
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

    def __init__(self, version: int) -> None:
        super().__init__(f"case file changed since version {version} was read")
        self.version = version


class AlertsNotTaken(AuditError):
    """PutEvents answers 200 and names what it refused inside."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(f"the bus refused {len(codes)} alerts: {', '.join(sorted(set(codes)))}")
        self.codes = tuple(codes)
