"""FHIR R4: what an EHR or a payer says of visits, scores, claims and payments, as JSON."""

from shared.formats.fhir.documents import looks_like
from shared.formats.fhir.reader import read

__all__ = ["looks_like", "read"]
