"""Events whose every telling field holds a mark, and the search for marks in what left the functions."""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from tests.builders import Detail, Envelope, a_course, a_measure, a_remittance, an_eligibility, merged

PATIENT = "P-zqPatientKey"

# What no field of ours holds: names, notes and numbers that senders add.
_ADDED = (
    *("patient_name", "birth_date", "ssn", "mbi", "phone", "email", "address", "trace", "payer_note", "member_name"),
    *(
        "note_text",
        "narrative",
        "performer_name",
        "supervisor_name",
        "comment",
        "muscle_note",
        "score_note",
        "signature",
    ),
    *("subscriber_name", "line_note", "respondent", "employer", "licensee"),
)
MARKS: Mapping[str, str] = {name: f"Zq {name} Ünmistakable" for name in _ADDED} | {
    "birth_date": "1953-11-29",
    "license_state": "zqLicenseState",
    "license_number": "zqLicenseNumber",
    "license_expires": "2037-07-19",
    "muscle": "zqMuscleName",
    "gauge": "zqNeedleGauge",
    "needle_length": "5137.25",
    "onset": "1971-08-23",
    "abn_signed": "2024-12-19",
    "abn_expires": "2039-02-17",
    "visit_diagnosis": "Q7X.Z9K4",
    "claim_diagnosis": "Q8X.Z3K1",
    "performer_npi": "1987659013",
    "supervisor_npi": "1987659021",
    "billing_npi": "1987659039",
    "score": "6.13791",
    "charge": "4137.91",
    "paid_amount": "7319.57",
    "adjustment_group": "zqAdjustmentGroup",
    "carc": "zqAdjustmentReason",
    "rarc": "zqRemark",
    "eligibility_source": "zqEligibilitySource",
    "elsewhere_from": "2023-09-13",
}
KEPT = sorted(set(MARKS) - set(_ADDED))  # known fields: these must be found in the facts


def _added(*names: str) -> Detail:
    return {f"zz_{name}": MARKS[name] for name in names}


def _marked_visit(event: Envelope) -> Envelope:
    named = {"name": MARKS["muscle"], **_added("muscle_note")}
    license_ = {
        "state": MARKS["license_state"],
        "number": MARKS["license_number"],
        "expires_on": MARKS["license_expires"],
        "unrestricted": True,
    }
    changes = _added("patient_name", "birth_date", "ssn", "mbi", "phone", "email", "address", "employer") | {
        "diagnoses": ["M54.59", MARKS["visit_diagnosis"]],
        "condition": {"onset_date": MARKS["onset"], **_added("narrative")},
        "performer": {
            "npi": MARKS["performer_npi"],
            "profession": "acupuncturist",
            "acupuncture_license": license_ | _added("licensee"),
            **_added("performer_name"),
        },
        "supervision": {"supervisor_npi": MARKS["supervisor_npi"], "mode": "general", **_added("supervisor_name")},
        "procedure": {
            "muscles": [named, {"name": "psoas", "side": None}],
            "needle_gauge": MARKS["gauge"],
            "needle_length_mm": float(MARKS["needle_length"]),
            **_added("comment"),
        },
        "note": {"signed": False, **_added("note_text")},
        "abn": {"signed_on": MARKS["abn_signed"], "form_expires_on": MARKS["abn_expires"], **_added("signature")},
    }
    return event | _added("trace") | {"detail": merged(event["detail"], changes)}


def _marked_claim(event: Envelope) -> Envelope:
    lines = [line | {"charge": MARKS["charge"], **_added("line_note")} for line in event["detail"]["lines"]]
    changes = {"billing_npi": MARKS["billing_npi"], "diagnoses": ["M54.59", MARKS["claim_diagnosis"]], "lines": lines}
    return event | {"detail": event["detail"] | changes | _added("subscriber_name")}


def _marked_remittance(claim: Envelope) -> Envelope:
    event = a_remittance(claim)
    adjustment = {"group": MARKS["adjustment_group"], "carc": MARKS["carc"], "amount": "1.00"}
    changes = {"paid": MARKS["paid_amount"], "adjustments": [adjustment], "rarcs": [MARKS["rarc"]]}
    lines = [line | changes for line in event["detail"]["lines"]]
    return event | {"detail": event["detail"] | {"lines": lines} | _added("payer_note")}


def marked() -> list[Envelope]:
    """Thirteen sessions without KX, documented badly enough that many rules speak; every record marked."""
    course = a_course(13, patient_id=PATIENT, kx_from=None)
    visits, claims = map(_marked_visit, course[::2]), [*map(_marked_claim, course[1::2])]
    elsewhere = {"count": 2, "first_on": MARKS["elsewhere_from"], "last_on": "2023-10-13"}
    told = an_eligibility(patient_id=PATIENT, external_sessions=elsewhere, source=MARKS["eligibility_source"])
    score = a_measure(patient_id=PATIENT, score=float(MARKS["score"]), **_added("score_note", "respondent"))
    told["detail"] |= _added("member_name")
    events = [*visits, *claims, *map(_marked_remittance, claims), told, score]
    # The id of a delivery is logged, so it is not made of the patient's key here as other builders make it.
    return [event | {"id": f"delivery-{number}"} for number, event in enumerate(events)]


def found(text: str, marks: Mapping[str, str] = MARKS) -> set[str]:
    """The names of the marks that the text holds, as they are or encoded."""
    folded = text.casefold()
    return {name for name, mark in marks.items() if any(form.casefold() in folded for form in _forms(mark))}


def _forms(mark: str) -> Iterator[str]:
    yield from (mark, json.dumps(mark)[1:-1], quote(mark), repr(mark.encode())[2:-1])
    yield from re.findall(r"[A-Za-z_]{12,}", mark)  # part of a name is a name
    yield mark.encode().hex()
    if len(mark) > len("1953-11-29"):
        yield from _in_base64(mark.encode())


def _in_base64(mark: bytes) -> Iterable[str]:
    """As it looks at each of the three places where it can start; what its neighbours change is left out."""
    for before in range(3):
        text = base64.b64encode(b"\0" * before + mark).decode()
        yield text[-(-before * 8 // 6) : (before + len(mark)) * 8 // 6]


def without_allowed(operation: str, params: Mapping[str, Any]) -> str:
    """A call of AWS as text, without what is meant to hold patient data: item bodies and quarantined bodies."""
    match operation:
        case "PutItem":
            keys = {name: params["Item"][name] for name in ("pk", "sk")}
            return repr({**params, "Item": keys})
        case "PutObject":
            return repr({**params, "Body": None})
    return repr(dict(params))
