"""What is left undone by who died half-way: a case file whose alerts nobody sent, a fact that nobody took in."""

from datetime import UTC, datetime, timedelta

from shared.aws.arrivals import Arrivals, Checkpoint
from shared.aws.items import Item, case_item, fact_item
from shared.core.case import CaseFile
from shared.core.policy import policies
from tests.builders import FIRST_DAY, a_visit
from tests.deployed.deployment import Deployment
from tests.integration.deliveries import snapshot

LONG_AFTER = FIRST_DAY.replace(year=FIRST_DAY.year + 1)
_HOUR = timedelta(hours=1)  # longer than anything is left to its usual way


def an_untold_case(patient_id: str) -> Item:
    """A visit that nobody billed for a year, and nobody was told."""
    visit = snapshot(a_visit(1, patient_id=patient_id))
    case, _ = CaseFile.new(patient_id).taking(visit, policies(), LONG_AFTER, datetime.now(UTC) - _HOUR)
    return case_item(case, 1)


def leave_undone(system: Deployment, untold: str, untaken: str) -> None:
    """Of those patients, an hour ago; the sweep ran last before that."""
    an_hour_ago = datetime.now(UTC) - _HOUR
    fact = fact_item(snapshot(a_visit(1, patient_id=untaken)), None, FIRST_DAY, an_hour_ago)
    Arrivals(system.table).move(Checkpoint(an_hour_ago - _HOUR))
    for item in (an_untold_case(untold), fact):
        system.table.client.put_item(TableName=system.table.name, Item=item)
