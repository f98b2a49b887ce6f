"""Whose claim or payment it is: the same key for the 837 that went out and the 835 that came back.

The form of the value decides whether it is an MBI, not the payer's code beside it: clinics and payers disagree in
those, and a plan's own member number has the form of an MBI by chance only. What cannot be known: that two numbers are
of one person (a change of plan, a new MBI), and that one number is of two persons because two plans gave it out.
"""

import re

from shared.formats.identifiers import MBI
from shared.formats.reading import Identify

MEMBER = "member"
# CMS, Understanding the Medicare Beneficiary Identifier Format: eleven places, of the letters never S, L, O, I, B or Z.
_LETTER = "[AC-HJKMNP-RT-Y]"
_EITHER = "[0-9AC-HJKMNP-RT-Y]"
_MBI = re.compile(f"[1-9]{_LETTER}{_EITHER}[0-9]{_LETTER}{_EITHER}[0-9]{_LETTER}{_LETTER}[0-9][0-9]", re.ASCII)


def member_key(identify: Identify, number: str) -> str:
    """The key of the person to whom the payer gave `number`."""
    plain = number.replace("-", "").upper()
    return identify(MBI, plain) if _MBI.fullmatch(plain) else identify(MEMBER, number)


def dependent_key(identify: Identify, number: str, last_name: str, first_name: str) -> str:
    """The key of someone insured through another, who has no number: that one's number and the name as written."""
    return identify(MEMBER, f"{number}|{last_name.upper()}|{first_name.upper()}")
