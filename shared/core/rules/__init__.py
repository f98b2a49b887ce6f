"""The rule catalogue: a file per section, every rule in one explicit tuple."""

from shared.core.rules import (
    coding,
    condition,
    documentation,
    frequency,
    improvement,
    payer,
    reconciliation,
    service,
    who,
)

RULES = (
    *condition.RULES,
    *frequency.RULES,
    *improvement.RULES,
    *who.RULES,
    *coding.RULES,
    *service.RULES,
    *documentation.RULES,
    *reconciliation.RULES,
    *payer.RULES,
)
