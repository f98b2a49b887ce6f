"""The rule catalogue: every rule in one explicit tuple, by section; a section has one file or two."""

from shared.core.rules import (
    clocks,
    coding,
    condition,
    documentation,
    frequency,
    improvement,
    modifiers,
    muscles,
    payer,
    plausibility,
    reconciliation,
    service,
    who,
)

RULES = (
    *condition.RULES,
    *frequency.RULES,
    *improvement.RULES,
    *plausibility.RULES,
    *who.RULES,
    *coding.RULES,
    *modifiers.RULES,
    *muscles.RULES,
    *service.RULES,
    *documentation.RULES,
    *clocks.RULES,
    *reconciliation.RULES,
    *payer.RULES,
)
