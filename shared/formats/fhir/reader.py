"""FHIR R4 as JSON -> events: a resource, a Bundle of any kind, or NDJSON of them.

Every resource of a file is told of: it is read, or refused with its path, or noted with why it makes no event. What
belongs together is joined within one Bundle, or among the single resources of an NDJSON file.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO

from shared.core.errors import Reason
from shared.formats.fhir.benefits import benefits
from shared.formats.fhir.bundles import resources
from shared.formats.fhir.claims import claims
from shared.formats.fhir.coverage import Coverage
from shared.formats.fhir.documents import Document, documents
from shared.formats.fhir.elements import Identified, Resource
from shared.formats.fhir.encounters import Condition, PregnancyStatus, Procedure
from shared.formats.fhir.parts import Joined
from shared.formats.fhir.responses import responses
from shared.formats.fhir.scores import of_observation, of_response
from shared.formats.fhir.shelf import Entry, Shelf
from shared.formats.fhir.visits import visits
from shared.formats.piecework import Incomplete, Unfit, attempted
from shared.formats.reading import Identify, Noted, Piece, Refused

# Single resources of an NDJSON file that are held and joined at once: memory does not grow with the file.
AT_ONCE = 5_000

_READERS: dict[str, Callable[[Shelf, Entry], Iterator[Piece]]] = {
    "Claim": claims,
    "ClaimResponse": responses,
    "ExplanationOfBenefit": benefits,
    "Observation": of_observation,
    "QuestionnaireResponse": of_response,
}
_PARTS: dict[str, type[Resource]] = {"Procedure": Procedure, "Condition": Condition}
# What others refer to; kept for the whole of an NDJSON file.
_PEOPLE_AND_PAYERS: dict[str, type[Resource]] = {
    "Patient": Identified,
    "Practitioner": Identified,
    "PractitionerRole": Identified,
    "Organization": Identified,
    "Coverage": Coverage,
}


def read(stream: BinaryIO, identify: Identify) -> Iterator[Piece]:
    kept: list[Entry] = []
    singles: list[Entry] = []
    for document in documents(stream):
        if isinstance(document, Refused):
            yield document
        elif document.body.get("resourceType") == "Bundle":
            yield from _bundle(document, identify)
        else:
            singles.append(_single(document))
        if len(singles) == AT_ONCE:
            yield from _singles(singles, kept, identify)
            kept += [entry for entry in singles if entry.kind in _PEOPLE_AND_PAYERS]
            singles = []
    yield from _singles(singles, kept, identify)


def _single(document: Document) -> Entry:
    kind = document.body.get("resourceType")
    named = kind if kind in {*_READERS, *_PARTS, *_PEOPLE_AND_PAYERS, "Encounter"} else "resource"
    return Entry(f"{document.place}{named}", document.body, raw=document.raw)


def _singles(singles: list[Entry], kept: list[Entry], identify: Identify) -> Iterator[Piece]:
    joined = Joined(Shelf([*singles, *kept], identify))
    for entry in singles:
        yield from _told(joined, entry)


def _bundle(document: Document, identify: Identify) -> Iterator[Piece]:
    found = list(resources(document.body, f"{document.place}Bundle", document.raw))
    joined = Joined(Shelf((entry for entry in found if isinstance(entry, Entry)), identify))
    for entry in found:
        yield from _told(joined, entry) if isinstance(entry, Entry) else (entry,)


def _told(joined: Joined, entry: Entry) -> Iterator[Piece]:
    return attempted(partial(_of, joined, entry), f"{entry.place}.", entry.as_it_came)


def _of(joined: Joined, entry: Entry) -> Iterator[Piece]:
    kind = entry.body.get("resourceType")
    if not isinstance(kind, str):
        raise Unfit(Reason.MISSING_FIELD if kind is None else Reason.WRONG_TYPE, "resourceType")
    if joined.shelf.superseded(entry):
        raise Incomplete("a later version of the same resource is in the file")
    if kind == "Encounter":
        return visits(joined, entry)
    if kind in _PARTS or (kind == "Observation" and entry.read(PregnancyStatus).told):
        return _part(joined, entry, _PARTS.get(kind, PregnancyStatus))
    if kind in _READERS:
        return _READERS[kind](joined.shelf, entry)
    return _others(entry, kind)


def _part(joined: Joined, entry: Entry, model: type[Resource]) -> Iterator[Piece]:
    """What is told of a visit goes with its Encounter; a Condition without one can still tell the onset of a pain."""
    part = entry.read(model)
    home = joined.home.get(entry)
    if home:
        yield Noted(f"goes with the visit at {home.place}", entry.place)
    elif isinstance(part, Condition) and part.is_low_back_pain:
        yield Noted("is read for the onset of the patient's low back pain", entry.place)
    else:
        raise Incomplete("belongs to no Encounter of this file: together with it, it would tell a visit")


def _others(entry: Entry, kind: str) -> Iterator[Piece]:
    if kind not in _PEOPLE_AND_PAYERS:
        raise Incomplete("is of a type that tells this audit nothing")
    entry.read(_PEOPLE_AND_PAYERS[kind])
    yield Noted("is read for what others refer to", entry.place)
