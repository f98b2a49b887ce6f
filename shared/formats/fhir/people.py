"""Who is meant: the patient under one key, and the clinician by NPI and profession."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shared.core.errors import Reason
from shared.formats.fhir.elements import Concept, Identified, Identifier, Many, Reference
from shared.formats.fhir.shelf import Entry, Shelf, relative
from shared.formats.identifiers import MBI, NPI
from shared.formats.piecework import Unfit

_IDENTIFIER_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
_TAXONOMY = "http://nucc.org/provider-taxonomy"
# Professions by the head of their NUCC taxonomy code; physicians are whole groups of it.
_PROFESSIONS = {
    "20": "physician",
    "363A": "physician_assistant",
    "363L": "nurse_practitioner",
    "364S": "clinical_nurse_specialist",
    "171100000X": "acupuncturist",
    "2251": "physical_therapist",
    "225X": "occupational_therapist",
    "111N": "chiropractor",
}


class Clinician(NamedTuple):
    npi: str
    profession: str | None


class _Qualification(Identified):
    code: Concept = Concept()


class _Practitioner(Identified):
    """A Practitioner, PractitionerRole or Organization: each has an NPI or leads to one."""

    practitioner: Reference | None = None
    code: Many[Concept] = ()
    specialty: Many[Concept] = ()
    qualification: Many[_Qualification] = ()

    @property
    def taxonomy(self) -> list[str]:
        stated = [*self.specialty, *self.code, *(qualification.code for qualification in self.qualification)]
        return [code for concept in stated for code in concept.codes(_TAXONOMY)]


def patient_id(shelf: Shelf, reference: Reference | None, within: Entry, path: str) -> str:
    """The key of the patient by MBI, else medical record number, of the Patient or of the reference itself.

    Where neither is told, the reference stands for the patient: the same one, but under another key, so send Patients
    along.
    """
    if reference is None:
        raise Unfit(Reason.MISSING_FIELD, path)
    patient = shelf.find(reference, within)
    identifiers: Sequence[Identifier] = patient.read(Identified).identifier if patient else ()
    if reference.identifier:
        identifiers = [*identifiers, reference.identifier]
    known = _best(identifiers) or _by_reference(reference, patient)
    if known is None:
        raise Unfit(Reason.MISSING_FIELD, f"{path}.reference")
    return shelf.identify(*known)


def _best(identifiers: Sequence[Identifier]) -> tuple[str, str] | None:
    beneficiary = [(MBI, it.value) for it in identifiers if it.value and _is(it, "MC", MBI)]
    record = [(it.system or "MR", it.value) for it in identifiers if it.value and _is(it, "MR")]
    return min(beneficiary, default=None) or min(record, default=None)


def _is(identifier: Identifier, kind: str, system: str | None = None) -> bool:
    return (system is not None and identifier.system == system) or kind in identifier.type.codes(_IDENTIFIER_TYPES)


def _by_reference(reference: Reference, patient: Entry | None) -> tuple[str, str] | None:
    """What is contained has a name within its resource only."""
    if not reference.reference or reference.reference.startswith("#"):
        return None
    name = patient.body.get("id") if patient else None
    return "Patient", f"Patient/{name}" if isinstance(name, str) else relative(reference.reference)


def clinician(shelf: Shelf, reference: Reference | None, within: Entry) -> Clinician | None:
    """Whom the reference names, by NPI: its own, that of what it names, or of the person behind a PractitionerRole."""
    if reference is None:
        return None
    named = list(_named(shelf, reference, within))
    told = [reference.identifier] if reference.identifier else []
    npis = [
        it.value for it in (*told, *(it for one in named for it in one.identifier)) if it.system == NPI and it.value
    ]
    return Clinician(npis[0], _profession([code for one in named for code in one.taxonomy])) if npis else None


def _named(shelf: Shelf, reference: Reference, within: Entry) -> Iterator[_Practitioner]:
    entry = shelf.find(reference, within)
    if entry is None:
        return
    named = entry.read(_Practitioner)
    yield named
    behind = shelf.find(named.practitioner, entry)
    if behind is not None:
        yield behind.read(_Practitioner)


def _profession(taxonomy: list[str]) -> str | None:
    """The first that is known; a code of none of these is not stated, rather than "other"."""
    heads = (name for code in taxonomy for head, name in _PROFESSIONS.items() if code.startswith(head))
    return next(heads, None)
