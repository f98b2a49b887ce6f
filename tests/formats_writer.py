"""Writes our claims and remittances as the X12 that a clinic sends and gets, for the readers to read back.

Small and plain on purpose: it knows the implementation guides only as far as pyx12 demands, and shares no code with the
readers it tests. Of what our events do not tell (names, addresses) it writes the same for everybody.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

Detail = Mapping[str, Any]
Segments = list[list[str]]

_FILING = {"medicare_ffs": "MB", "medicare_advantage": "16", "other": "CI"}


class Marks(NamedTuple):
    """The four delimiters, and what stands between the segments to please the eye."""

    element: str = "*"
    repetition: str = "^"
    component: str = ":"
    terminator: str = "~"
    line_end: str = "\n"


USUAL = Marks()


def composite(*components: str) -> str:
    """Components with the usual delimiter, which `written` replaces by its own; empty ones at the end are left out."""
    return ":".join(components).rstrip(":")


def written(segments: Iterable[Sequence[str]], marks: Marks = USUAL) -> bytes:
    lines = [
        marks.element.join([s[0], *(e.replace(":", marks.component) for e in s[1:])])
        if s[0] != "ISA"
        else isa(s, marks)
        for s in segments
    ]
    return "".join(line + marks.terminator + marks.line_end for line in lines).encode()


def isa(segment: Sequence[str], marks: Marks) -> str:
    elements = [*segment[1:11], marks.repetition, *segment[12:16], marks.component]
    return marks.element.join(["ISA", *elements])


def interchange(group: str, guide: str, sets: Sequence[Segments], made: str) -> Segments:
    """Envelopes around transaction sets, each closed with its counts. `made`: YYYYMMDDHHMMSS."""
    day, time = made[:8], made[8:12]
    address = ["ZZ", "CLINIC".ljust(15), "ZZ", "PAYER".ljust(15)]
    head = ["ISA", "00", " " * 10, "00", " " * 10, *address, day[2:], time, "^", "00501", "000000017", "0", "P", ":"]
    segments = [head, ["GS", group, "CLINIC", "PAYER", day, made[8:], "5", "X", guide]]
    for number, body in enumerate(sets, 1):
        kind = "837" if group == "HC" else "835"
        opening = ["ST", kind, f"{number:04}", guide] if kind == "837" else ["ST", kind, f"{number:04}"]
        segments += [opening, *body, ["SE", str(len(body) + 2), f"{number:04}"]]
    return [*segments, ["GE", str(len(sets)), "5"], ["IEA", "1", "000000017"]]


def an_837(claims: Sequence[Detail], members: Mapping[str, str], made: str, kind: str = "professional") -> Segments:
    """Claims made at one time; `members`: the number that the payer gave to each patient."""
    guide = "005010X222A1" if kind == "professional" else "005010X223A2"
    return interchange("HC", guide, [set_of_claims(claims, members, made)], made)


def set_of_claims(claims: Iterable[Detail], members: Mapping[str, str], made: str) -> Segments:
    head: Segments = [
        ["BHT", "0019", "00", "B17", made[:8], made[8:], "CH"],
        ["NM1", "41", "2", "CLINIC", "", "", "", "", "46", "C17"],
        ["PER", "IC", "OFFICE", "TE", "2025550100"],
        ["NM1", "40", "2", "PAYER", "", "", "", "", "46", "P17"],
    ]
    level = 0
    for npi, of_clinic in groupby(claims, key=lambda claim: claim["billing_npi"]):
        level += 1
        provider = level
        head += [["HL", str(level), "", "20", "1"], *billing_provider(npi)]
        for claim in of_clinic:
            level += 1
            head += [["HL", str(level), str(provider), "22", "0"], *subscriber(claim, members[claim["patient_id"]])]
            head += a_claim_loop(claim)
    return head


def billing_provider(npi: str) -> Segments:
    return [
        ["NM1", "85", "2", "CLINIC", "", "", "", "", "XX", npi],
        ["N3", "1 NEEDLE WAY"],
        ["N4", "BALTIMORE", "MD", "212340000"],
        ["REF", "EI", "000000017"],
    ]


def subscriber(claim: Detail, member: str) -> Segments:
    pregnant = claim.get("condition", {}).get("pregnant")
    patient = ["PAT", "", "", "", "", "", "", "", "", "Y"]
    return [
        ["SBR", "P", "18", "", "", "", "", "", "", _FILING[claim["payer"]]],
        *([patient] if pregnant else []),
        ["NM1", "IL", "1", "DOE", "JOHN", "", "", "", "MI", member],
        ["N3", "2 BACK STREET"],
        ["N4", "BALTIMORE", "MD", "212340000"],
        ["DMG", "D8", "19500101", "F"],
        ["NM1", "PR", "2", "PAYER", "", "", "", "", "PI", "P17"],
    ]


def a_claim_loop(claim: Detail) -> Segments:
    institutional = claim["claim_type"] == "institutional"
    total = sum(float(line["charge"]) for line in claim["lines"])
    first = claim["lines"][0]
    kind = claim["type_of_bill"][1:3] if institutional else first["place_of_service"]
    facility = composite(kind, "A" if institutional else "B", claim["frequency_code"])
    codes = [composite("ABF" if n else "ABK", code.replace(".", "")) for n, code in enumerate(claim["diagnoses"])]
    others = [["HI", *codes[1:]]] if institutional and codes[1:] else []
    return [
        ["CLM", claim["claim_id"], f"{total:.2f}", "", "", facility, "" if institutional else "Y", "A", "Y", "Y"],
        *_dates(claim, first),
        *([["CL1", "3", "", "01"]] if institutional else []),
        *([["REF", "F8", claim["replaces_claim_id"]]] if claim.get("replaces_claim_id") else []),
        *([["HI", codes[0]], *others] if institutional else [["HI", *codes]]),
        ["NM1", "71" if institutional else "82", "1", "ROE", "JANE", "", "", "", "XX", first["rendering_npi"]],
        *(segment for line in claim["lines"] for segment in a_line_loop(line, claim)),
    ]


def _dates(claim: Detail, first: Detail) -> Segments:
    onset = (claim.get("condition") or {}).get("onset_date")
    day = _plain(first["date_of_service"])
    if claim["claim_type"] == "institutional":
        return [["DTP", "434", "RD8", f"{day}-{day}"]]
    return [["DTP", "431", "D8", _plain(onset)]] if onset else []


def a_line_loop(line: Detail, claim: Detail) -> Segments:
    procedure = composite("HC", line["procedure_code"], *line["modifiers"])
    charge, units = line["charge"], str(line["units"])
    pointers = composite(*(str(pointer) for pointer in line["diagnosis_pointers"]))
    of_claim = claim["lines"][0]
    by_another = line["rendering_npi"] != of_claim["rendering_npi"]
    service = (
        ["SV2", "0420", procedure, charge, "UN", units]
        if claim["claim_type"] == "institutional"
        else ["SV1", procedure, charge, "UN", units, line["place_of_service"], "", pointers]
    )
    return [
        ["LX", str(line["line_number"])],
        service,
        ["DTP", "472", "D8", _plain(line["date_of_service"])],
        ["REF", "6R", str(line["line_number"])],
        *([["NM1", "82", "1", "POE", "JO", "", "", "", "XX", line["rendering_npi"]]] if by_another else []),
    ]


def _plain(day: str) -> str:
    return day.replace("-", "")


def an_835(payments: Sequence[Segments], made: str, paid_on: str) -> Segments:
    """`payments`: the loops of `a_payment_loop`, by one cheque."""
    return interchange("HP", "005010X221A1", [set_of_payments(payments, paid_on)], made)


def set_of_payments(payments: Sequence[Segments], paid_on: str) -> Segments:
    head: Segments = [
        ["BPR", "I", "20.00", "C", "CHK", "", "", "", "", "", "", "", "", "", "", "", _plain(paid_on)],
        ["TRN", "1", "T17", "1000000017"],
        ["DTM", "405", _plain(paid_on)],
        ["N1", "PR", "PAYER"],
        ["N3", "3 LEDGER LANE"],
        ["N4", "BALTIMORE", "MD", "212340000"],
        ["PER", "BL", "DESK", "TE", "2025550101"],
        ["N1", "PE", "CLINIC", "XX", "1234567893"],
        ["LX", "1"],
    ]
    return head + [segment for payment in payments for segment in payment]


def a_payment_loop(
    remittance: Detail, member: str, *, status: str = "1", own: str = "ICN17", filing: str = "MB"
) -> Segments:
    """The payment of one claim; of a line it writes what our event tells, the charge being what adds up."""
    lines = remittance["lines"]
    charged = sum(_charge(line) for line in lines)
    paid = sum(float(line["paid"]) for line in lines)
    return [
        ["CLP", remittance["claim_id"], status, f"{charged:.2f}", f"{paid:.2f}", "", filing, own, "11", "1"],
        ["NM1", "QC", "1", "DOE", "JOHN", "", "", "", "MI", member],
        *(segment for line in lines for segment in _answer(line)),
    ]


def _charge(line: Detail) -> float:
    return float(line["paid"]) + sum(float(each["amount"]) for each in line["adjustments"])


def _answer(line: Detail) -> Segments:
    adjusted = [["CAS", each["group"], each["carc"], each["amount"]] for each in line["adjustments"]]
    return [
        ["SVC", composite("HC", line["procedure_code"]), f"{_charge(line):.2f}", line["paid"], "", "1"],
        ["DTM", "472", "20250106"],
        *adjusted,
        ["REF", "6R", str(line["line_number"])],
        *([["AMT", "B6", line["allowed"]]] if line["status"] == "paid" else []),
        *(["LQ", "HE", code] for code in line["rarcs"]),
    ]
