"""Codes in a CodeableConcept: which systems are ours, and how they are written in our events."""

from shared.core.errors import Reason
from shared.formats.codes import dotted
from shared.formats.fhir.elements import Concept
from shared.formats.piecework import Unfit

_ICD_10_CM = ("http://hl7.org/fhir/sid/icd-10-cm", "urn:oid:2.16.840.1.113883.6.90")
_HCPCS = (
    "http://www.ama-assn.org/go/cpt",
    "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "http://terminology.hl7.org/CodeSystem/HCPCS-all-codes",
    "urn:oid:2.16.840.1.113883.6.12",
    "urn:oid:2.16.840.1.113883.6.285",
)
_PLACE_OF_SERVICE = (
    "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set",
    "http://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set",
    "http://terminology.hl7.org/CodeSystem/ex-serviceplace",
)


def diagnosis(concept: Concept) -> str | None:
    """The ICD-10-CM code, with the dot that some senders leave out."""
    return next((dotted(code) for code in concept.codes(*_ICD_10_CM)), None)


def procedure_code(concept: Concept) -> str | None:
    """CPT or HCPCS."""
    return next(iter(concept.codes(*_HCPCS)), None)


def place_of_service(concept: Concept | None) -> str | None:
    return next(iter(concept.codes(*_PLACE_OF_SERVICE)), None) if concept else None


def modifier(concept: Concept, path: str) -> str:
    """Senders name the system in many ways, but a modifier stands alone; no code at all is not to be passed over."""
    code = next((coding.code for coding in concept.coding if coding.code), None)
    if code is None:
        raise Unfit(Reason.MISSING_FIELD, path)
    return code
