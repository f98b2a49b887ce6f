"""How far the work on a finding is, and why an action on it may be refused; review.py says what leads from where."""

from enum import StrEnum

from shared.core.errors import AuditError


class Workflow(StrEnum):
    """What a person did. NOTIFIED is what the list calls NEW once people were told: nobody has acted yet."""

    NEW = "new"
    NOTIFIED = "notified"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    SUPPRESSED = "suppressed"


class RecordState(StrEnum):
    """Whether the rule still fires."""

    ACTIVE = "active"
    ARCHIVED = "archived"


class NotAllowed(AuditError):
    """The action does not fit the finding's state, or lacks what it must say."""


class Overtaken(AuditError):
    """Somebody else acted on the finding since it was read: read it again, then decide."""

    def __init__(self, seen: int, there: int) -> None:
        super().__init__(f"{there - seen} more action(s) were taken on this finding since you read it: read it again")
