"""Claim -> ClaimSubmitted. A request for authorization or an estimate bills nothing, and a draft was not sent."""

from collections.abc import Iterator

from shared.formats.fhir.billed import TAKEN_BACK, Billed, coded
from shared.formats.fhir.shelf import Entry, Shelf, identity
from shared.formats.fhir.source import SOURCE
from shared.formats.fhir.submitted import claim_detail
from shared.formats.piecework import Incomplete, checked, envelope
from shared.formats.reading import Noted, Piece


def claims(shelf: Shelf, entry: Entry) -> Iterator[Piece]:
    billed = entry.read(Billed)
    if billed.use != "claim":
        raise Incomplete("bills nothing: it asks for authorization or an estimate")
    if billed.claim_type is None:
        raise Incomplete("is neither a professional nor an institutional claim")
    if billed.status not in ("active", *TAKEN_BACK):
        raise Incomplete("was not sent: it is a draft")
    yield from _claim(shelf, entry, billed, identity(entry))


def _claim(shelf: Shelf, entry: Entry, billed: Billed, claim_id: str) -> Iterator[Piece]:
    detail = claim_detail(shelf, entry, billed, claim_id)
    event = envelope(SOURCE, "ClaimSubmitted", claim_id, detail["received_on"], detail)
    yield checked(event, entry.place, entry.as_it_came)
    yield from left_out(entry, billed)


def left_out(entry: Entry, billed: Billed) -> Iterator[Noted]:
    """The items that no line of ours could stand for."""
    for number, item in enumerate(billed.item):
        if not coded(item):
            yield Noted("the item has no CPT or HCPCS code and is left out", f"{entry.place}.item[{number}]")
