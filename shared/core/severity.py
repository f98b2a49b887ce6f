"""How grave a finding is. Who asks no more than that does not load what findings are made of."""

from enum import StrEnum


class Severity(StrEnum):
    """How sure the auditor is: the text is broken, a person must look, worth knowing."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"

    @property
    def gravity(self) -> int:
        return -list(Severity).index(self)
