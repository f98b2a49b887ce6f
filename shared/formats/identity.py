"""Patients' identity across sources: a keyed HMAC takes the place of MBI and MRN before anything is stored or logged.

An EHR that wants its own events to meet those of a file under one patient names its patients in the same way:
"P-" and the first 32 hexadecimal digits of HMAC-SHA256(key, system, a null byte, value).
"""

import hmac
from hashlib import sha256

from shared.formats.identifiers import MBI
from shared.formats.reading import Identify

_DIGITS = 32  # 128 bits: no two patients of any clinic meet


def identified_by(key: bytes) -> Identify:
    """The function that readers ask for a patient's id; without the key nobody can tell whose it is."""

    def identify(system: str, value: str) -> str:
        said = f"{system.strip()}\0{_normal(system.strip(), value)}".encode(errors="surrogatepass")
        return f"P-{hmac.new(key, said, sha256).hexdigest()[:_DIGITS]}"

    return identify


def _normal(system: str, value: str) -> str:
    """An MBI is written with hyphens on the card, without them in claims, and in either case."""
    return "".join(value.split()).replace("-", "").upper() if system == MBI else value.strip()
