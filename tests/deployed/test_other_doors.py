"""The ways in beside the bus: a file that is dropped, an officer at the desk."""

from tests.builders import a_visit
from tests.claim_files import a_claim_file
from tests.deployed.deployment import Deployment, eventually
from tests.deployed.officer import OFFICER, acted, asked, listed


def _holds(system: Deployment, record_id: str) -> bool:
    pages = system.table.client.get_paginator("scan").paginate(TableName=system.table.name, ProjectionExpression="sk")
    return any(record_id in item["sk"]["S"] for page in pages for item in page["Items"])


def test_a_dropped_file_comes_to_the_table_by_its_rule_its_queue_and_the_bus(system: Deployment) -> None:
    claims = a_claim_file(1).replace(b"C000000", b"C777777")

    system.emulator.client("s3").put_object(Bucket=system.outputs["IntakeBucketName"], Key="claims.837", Body=claims)

    eventually(lambda: _holds(system, "C777777"), "the claim of the file")


def test_an_officer_finds_the_finding_on_the_list_opens_it_and_acts(system: Deployment) -> None:
    system.put(a_visit(1, patient_id="P-desk"))
    row = listed(system, "P-desk")

    path = f"/patients/P-desk/findings/{row['finding_id']}"
    pages = ("/", "/desk.js", f"{path}/part", "/patients/P-desk/part")
    assert [asked(system, page).status for page in pages] == [200] * 4
    assert acted(system, row, "acknowledge").json["workflow"] == "acknowledged"
    eventually(lambda: listed(system, "P-desk")["workflow"] == "acknowledged", "the change on the list")
    assert [action["by"] for action in asked(system, path).json["review"]["actions"]] == [OFFICER]
