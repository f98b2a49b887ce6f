"""The key under which files' patients are named on this machine."""

import sys
from functools import cache
from os import environ

from shared.formats.identity import identified_by
from shared.formats.reading import Identify

VARIABLE = "NCD_AUDIT_IDENTITY_KEY"
# Known to everyone, so that a trial needs no setting up: whoever has an MBI can work out its pseudonym.
_FOR_TRIALS = "ncd-audit simulation"


def identity(system: str, value: str) -> str:
    """The patient's id under the key in the environment, or under the one for trials, which is said once."""
    return _named_by(environ.get(VARIABLE) or _for_trials())(system, value)


@cache
def _named_by(key: str) -> Identify:
    return identified_by(key.encode())


@cache
def _for_trials() -> str:
    print(
        f"ncd-audit: {VARIABLE} is not set: patients are named under the key for trials, which everyone knows; "
        "set it to a secret before what is printed leaves this machine",
        file=sys.stderr,
    )
    return _FOR_TRIALS
