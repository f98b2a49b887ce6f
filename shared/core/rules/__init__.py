"""The rule catalogue: a file per section, every rule in one explicit tuple."""

from shared.core.rules import condition, frequency, improvement, payer

RULES = (*condition.RULES, *frequency.RULES, *improvement.RULES, *payer.RULES)
