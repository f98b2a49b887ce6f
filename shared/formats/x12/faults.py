"""What is wrong with a block: a reason and a place, never a value of the file."""

from shared.core.errors import AuditError, Reason


class Malformed(AuditError):
    """A block that cannot be read. `structural`: what follows under the same level cannot be trusted either."""

    def __init__(self, reason: Reason, place: str, *, structural: bool = False) -> None:
        super().__init__(f"{reason} at {place}")
        self.reason = reason
        self.place = place
        self.structural = structural
