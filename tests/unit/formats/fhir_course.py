"""A course of fourteen needling visits as an EHR and a payer tell it in FHIR; events/formats holds it as a file.

`python -m tests.unit.formats.fhir_course` writes the file anew.
"""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from tests.unit.formats.resources import (
    Body,
    a_bundle,
    a_condition,
    a_fhir_claim,
    a_procedure,
    adjudicated,
    an_encounter,
    an_eob,
    an_item,
    an_observation,
    concept,
    people,
    to,
)

FILE = Path(__file__).parents[3] / "events" / "formats" / "fourteen-visits.fhir.json"
FIRST = date(2026, 1, 5)
BETTER: Mapping[int, int] = {1: 7, 12: 4}  # NRS by session
_MODIFIERS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
_PAID = adjudicated(eligible=25, benefit=20, coinsurance=5)


def a_fhir_course(scores: Mapping[int, int] = BETTER) -> Body:
    """Weekly visits with claim and answer, KX from the thirteenth."""
    visits = [resource for number in range(1, 15) for resource in _session(number)]
    measured = [an_observation(f"nrs-{number}", score=score, on=_day(number)) for number, score in scores.items()]
    return a_bundle(*visits, *measured, *people())


def _session(number: int) -> list[Body]:
    on, visit = _day(number), to(f"Encounter/visit-{number}")
    item = an_item(servicedDate=on, modifier=[concept(_MODIFIERS, "KX")] if number > 12 else None)
    return [
        an_encounter(f"visit-{number}", on),
        a_procedure(f"needling-{number}", on=on, encounter=visit),
        a_condition(f"pain-{number}", encounter=visit),
        a_fhir_claim(f"claim-{number}", item, created=on),
        an_eob(f"answer-{number}", item | {"adjudication": _PAID}, created=on, claim=to(f"Claim/claim-{number}")),
    ]


def _day(number: int) -> str:
    return str(FIRST + timedelta(weeks=number - 1))


def text() -> str:
    """One resource on a line, for people to read."""
    entries = ",\n".join(json.dumps(entry) for entry in a_fhir_course()["entry"])
    return f'{{"resourceType": "Bundle", "type": "collection", "entry": [\n{entries}\n]}}\n'


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
