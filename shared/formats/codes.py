"""Codes as every format tells them, in the spelling of our events."""

from datetime import date

from shared.core.policy import policies

_CATEGORY_LENGTH = 3


def dotted(code: str) -> str:
    """An ICD-10-CM code with the dot that some senders leave out."""
    bare = len(code) > _CATEGORY_LENGTH and "." not in code
    return f"{code[:_CATEGORY_LENGTH]}.{code[_CATEGORY_LENGTH:]}" if bare else code


def needling(code: str | None) -> str | None:
    """The kind of procedure that a CPT code of the NCD stands for; what a code means does not depend on the day."""
    law = policies().on(date.max)
    if code in law.needling_codes.value:
        return "dry_needling"
    return "acupuncture" if code in law.acupuncture_codes.value else None
