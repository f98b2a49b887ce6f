"""Errors raised on purpose.

AuditError
  - Unreadable         what arrived is no event of ours: quarantine it with its reason, the sender must mend it
  - PolicyBroken       a policy file of ours is wrong: the build must not ship
  - TrailUnreadable    what should be an entry of the audit trail is none: `ncd-audit verify` says where
  - CaseFileTooLarge   a patient's case file nears DynamoDB's item limit: a person must look
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why something is in quarantine: a closed list, shown to operators and counted in metrics.

    There is none for an event of a newer schema. Events say no schema version (events.md), only the version of the
    record: a field that a newer sender adds is ignored, and one it changed is refused for what is wrong with it.
    """

    TOO_LARGE = "too_large"
    UNKNOWN_FORMAT = "unknown_format"
    NOT_JSON = "not_json"
    TOO_DEEP = "too_deep"
    AMBIGUOUS = "ambiguous"
    UNKNOWN_KIND = "unknown_kind"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    NOT_A_DATE = "not_a_date"
    NOT_IN_LIST = "not_in_list"
    OUT_OF_RANGE = "out_of_range"
    BAD_FORM = "bad_form"
    TOO_MANY = "too_many"
    REPEATED_LINE_NUMBER = "repeated_line_number"
    CONFLICT = "conflict"


class AuditError(Exception):
    """Anything this project raises on purpose."""


class Unreadable(AuditError):
    """The message holds no event of ours. Never carries a value from the message, only where it stood."""

    def __init__(self, reason: Reason, where: str, event_id: str | None = None) -> None:
        super().__init__(f"{reason} at {where}")
        self.reason = reason
        self.where = where
        self.event_id = event_id


class PolicyBroken(AuditError):
    """A policy file does not hold what the code needs of it."""


class TrailUnreadable(AuditError):
    """The bytes are no entry of an audit trail."""

    def __init__(self) -> None:
        super().__init__("no entry of an audit trail: run ncd-audit verify, it says which and what to do")


class CaseFileTooLarge(AuditError):
    """The case file would pass the size we keep below DynamoDB's 400 KB an item."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"case file of {size} bytes passes the limit of {limit}: archive the patient's oldest records "
            "(facts stay in the table) or raise the limit below DynamoDB's 400 KB"
        )
        self.size = size
