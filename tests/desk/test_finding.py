"""One finding at the desk: its proof, what people do about it, and what is refused in words."""

import re
from typing import Any, cast

import pytest
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from local.cloud import Cloud
from shared.aws.runtime import dynamodb
from shared.desk.app import equipped
from tests.builders import a_claim_for, a_visit
from tests.desk.asking import act, ask
from tests.desk.conftest import rows_of, taken_in, thirteenth


def path(row: dict[str, Any]) -> str:
    return f"/patients/{row['patient_id']}/findings/{row['finding_id']}"


def test_a_finding_comes_with_its_proof(desk: Cloud, untouched: dict[str, Any]) -> None:
    proved = ask(desk, path(untouched)).json
    assert (proved["finding"]["rule"], proved["finding"]["status"]) == ("KX_MISSING", "open")
    assert {fact["id"] for fact in proved["facts"]} == {record["id"] for record in proved["finding"]["evidence"]}
    assert {law["setting"] for law in proved["law"]} >= {"kx_first", "kx_scope"}
    assert any("session 13" in step.lower() for step in proved["steps"])
    assert (proved["review"]["workflow"], proved["review"]["seen"], proved["review"]["actions"]) == ("notified", 0, [])


def test_its_history_says_what_opened_it_and_who_was_told(desk: Cloud, row: dict[str, Any]) -> None:
    corrected = a_claim_for(thirteenth(row["patient_id"]), modifiers=["KX"], version=2)
    taken_in(desk, [corrected])
    history = ask(desk, path(row)).json["history"]
    assert [(turn["transition"], turn["cause"]["version"], turn["told"], turn["waiting"]) for turn in history] == [
        ("opened", 1, "people", False),
        ("withdrawn", 2, "people", False),
    ]
    assert {turn["cause"]["id"] for turn in history} == {row["claim_id"]}


def test_it_is_in_the_state_that_the_list_says(desk: Cloud, untouched: dict[str, Any]) -> None:
    assert ask(desk, path(untouched)).json["review"]["workflow"] == untouched["workflow"] == "notified"


def test_it_is_notified_once_a_digest_told_people_and_not_before(desk: Cloud) -> None:
    """A warning is on the bus at once; people hear of it later, and the list with its page says so."""
    taken_in(desk, [a_visit(1, patient_id="P-waits")])
    [waits] = rows_of(desk, "P-waits", "NO_BASELINE")
    [turn] = ask(desk, path(waits)).json["history"]
    assert (turn["told"], turn["waiting"], turn["told_at"]) == ("people", True, None)
    assert turn["tell_at"] > turn["at"]
    assert ask(desk, path(waits)).json["review"]["workflow"] == waits["workflow"] == "new"

    desk.digest()
    desk.settle()
    [told] = rows_of(desk, "P-waits", "NO_BASELINE")
    [turn] = ask(desk, path(told)).json["history"]
    assert (turn["told"], turn["waiting"], turn["tell_at"]) == ("people", False, None)
    assert turn["told_at"] > turn["at"]
    assert ask(desk, path(told)).json["review"]["workflow"] == told["workflow"] == "notified"


def test_what_was_cleared_is_in_the_state_that_the_list_says(desk: Cloud, row: dict[str, Any]) -> None:
    taken_in(desk, [a_claim_for(thirteenth(row["patient_id"]), modifiers=["KX"], version=2)])
    [cleared] = rows_of(desk, row["patient_id"], record="archived")
    assert ask(desk, path(row)).json["review"]["workflow"] == cleared["workflow"]


def test_a_body_that_is_no_text_is_refused(desk: Cloud, untouched: dict[str, Any]) -> None:
    answer = ask(desk, f"{path(untouched)}/actions", body=b"\xd0\xff")
    assert (answer.status, "UTF-8" in answer.json["message"]) == (400, True)


def test_its_page_says_the_same(desk: Cloud, untouched: dict[str, Any]) -> None:
    answer = ask(desk, path(untouched) + "/part")
    assert answer.headers["content-type"].startswith("text/html")
    assert untouched["message"] in re.sub("<[^>]*>", "", answer.text)


def test_what_is_done_is_kept_with_who_when_from_to_and_why(desk: Cloud, row: dict[str, Any]) -> None:
    act(desk, row, "acknowledge")
    act(desk, row, "resolve", seen=1, why="Corrected claim sent", officer="bob@clinic.example")
    actions = ask(desk, path(row)).json["review"]["actions"]
    assert [(a["by"], a["kind"], a["was"], a["now"], a["why"], a["revision"]) for a in actions] == [
        ("ann@clinic.example", "acknowledge", "new", "acknowledged", "", 1),
        ("bob@clinic.example", "resolve", "acknowledged", "resolved", "Corrected claim sent", 1),
    ]


def test_two_officers_cannot_overwrite_each_other(desk: Cloud, row: dict[str, Any]) -> None:
    assert act(desk, row, "acknowledge").status == 200
    late = act(desk, row, "resolve", seen=0, why="Mine", officer="bob@clinic.example")
    assert (late.status, "read it again" in late.json["message"]) == (409, True)
    assert len(ask(desk, path(row)).json["review"]["actions"]) == 1


def test_of_two_that_decide_at_once_one_gets_the_place(desk: Cloud, row: dict[str, Any]) -> None:
    """Both have read the same review; the store alone can tell who was first."""
    from datetime import UTC, datetime

    from shared.aws.reviews import reviews
    from shared.aws.table import case_table
    from shared.core.policy import policies
    from shared.core.review import Review, Signed, Wish
    from shared.core.workflow import Overtaken

    with desk.invoker.inside(desk.desk):
        life = case_table().case(row["patient_id"]).case.standing.life[row["finding_id"]]
        now = datetime(2026, 3, 1, 15, tzinfo=UTC)
        both = [
            Review().taking(Wish(kind="acknowledge"), Signed(by, now), life, policies().on(now.date()), 0)
            for by in ("ann", "bob")
        ]
        reviews().keep(row["patient_id"], row["finding_id"], both[0])
        with pytest.raises(Overtaken):
            reviews().keep(row["patient_id"], row["finding_id"], both[1])
        assert reviews().of_finding(row["patient_id"], row["finding_id"]) == both[0]


def test_nobody_acts_without_a_name(desk: Cloud, untouched: dict[str, Any]) -> None:
    answer = act(desk, untouched, "acknowledge", officer=None)
    assert answer.status == 401
    assert ask(desk, path(untouched)).json["review"]["seen"] == 0


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"kind": "resolve"}, 422),
        ({"kind": "suppress", "why": "Known"}, 422),
        ({"kind": "delete"}, 422),
        ({"kind": "acknowledge", "by": "somebody else"}, 422),
        ({"kind": "reopen", "why": "Of no use"}, 409),
        ({"kind": "investigate", "on": "2026-02-01"}, 409),
        ({"kind": "suppress", "why": "For ever", "until": "2036-01-01"}, 409),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    desk: Cloud, untouched: dict[str, Any], said: dict[str, Any], status: int
) -> None:
    assert act(desk, untouched, **said).status == status
    assert ask(desk, path(untouched)).json["review"]["seen"] == 0


def test_the_clock_runs_from_the_day_a_person_names(desk: Cloud, row: dict[str, Any]) -> None:
    act(desk, row, "identify", why="Confirmed", on="2026-02-01")
    answer = act(desk, row, "investigate", seen=1, on="2026-02-10").json
    assert (answer["due_on"], answer["suspended_until"]) == ("2026-07-31", "2026-07-31")


@pytest.mark.parametrize(
    "address", ["/patients/P-9", "/patients/P-9/part", "/patients/P-1/findings/00000000000000000000", "/nowhere"]
)
def test_what_is_not_there_is_said_to_be_not_there(desk: Cloud, address: str) -> None:
    answer = ask(desk, address)
    assert (answer.status, bool(answer.json["message"])) == (404, True)


def test_another_patients_finding_is_not_shown_under_this_one(desk: Cloud, untouched: dict[str, Any]) -> None:
    assert ask(desk, f"/patients/P-2/findings/{untouched['finding_id']}").status == 404


def test_the_front_desk_asks_before_the_visit(desk: Cloud) -> None:
    answer = ask(desk, "/patients/P-1/coverage", on="2025-04-02").json
    assert (answer["answer"], answer["session_number"], answer["needs_kx"]) == ("not_enough_information", 14, True)
    assert ask(desk, "/patients/P-9/coverage", on="2025-04-02").json["answer"] == "not_enough_information"


def test_every_answer_forbids_keeping_and_foreign_script(desk: Cloud) -> None:
    for address in (
        "/",
        "/desk.js",
        "/desk.css",
        "/worklist",
        "/worklist.csv",
        "/worklist.xlsx",
        "/patients/P-1/part",
        "/patients/P-9",
        "/nowhere",
        "/patients/P-1/findings/x",
    ):
        headers = ask(desk, address).headers
        assert headers["cache-control"] == "no-store", address
        assert "default-src 'none'" in headers["content-security-policy"], address


def test_reviews_are_items_of_their_own_written_once(desk: Cloud, row: dict[str, Any]) -> None:
    act(desk, row, "acknowledge")
    act(desk, row, "comment", seen=1, why="Called the biller")
    items = dynamodb().scan(TableName=desk.recorder.environment["TABLE_NAME"])["Items"]
    keys = sorted(item["sk"]["S"] for item in items if row["finding_id"] in item["sk"]["S"])
    assert keys == [f"review#{row['finding_id']}#{number:06d}" for number in (1, 2)]


def test_a_fault_of_ours_is_never_put_down_to_who_asks() -> None:
    """What was no text came from us: such a request had no body."""
    app = equipped(APIGatewayHttpResolver(enable_validation=True))

    @app.get("/faulty")
    def faulty() -> str:
        return bytes([255]).decode()

    http = {"http": {"method": "GET", "path": "/faulty"}, "stage": "$default"}
    event = {"version": "2.0", "rawPath": "/faulty", "requestContext": http}
    with pytest.raises(RuntimeError, match="the fault is ours"):
        app.resolve(event, cast("Any", None))
