"""`ncd-audit trail`, `verify` and the `known_on` of `answer`, as people and programs meet them."""

import json
from pathlib import Path

import pytest

from local.samples import SCENARIOS
from tests.unit.conftest import Run, stream_of

LATE = SCENARIOS / "late-visit-renumbers.ndjson"
UNTIL = ("--as-of", "2025-04-10")


@pytest.fixture
def trail(run: Run) -> bytes:
    """26 entries of one patient."""
    return run("trail", LATE, *UNTIL).out.encode()


def test_a_trail_is_written_and_found_whole(run: Run, trail: bytes) -> None:
    ran = run("verify", "-", stdin=trail)
    assert (ran.status, ran.out, ran.err) == (0, "trails 1, entries 26, flaws 0\n", "")
    assert run("verify", "-", "--events", LATE, stdin=trail).status == 0
    assert run("verify", "-", "--json", stdin=trail).out == '{\n  "trails": 1,\n  "entries": 26,\n  "flaws": []\n}\n'


def test_a_flaw_is_told_with_its_place_and_what_to_do(run: Run, trail: bytes) -> None:
    lines = trail.splitlines(keepends=True)
    edited = lines[5].replace(b'"as_of":"2025', b'"as_of":"2026')
    ran = run("verify", "-", stdin=b"".join([*lines[:5], edited, *lines[6:9], *lines[10:-1]]))
    assert ran.status == 1
    first, remedy, second, _, third, _, counts = ran.out.splitlines()
    assert first == "patient P-1005, entry 5 is not what was written: its bytes do not give its hash."
    assert remedy == "  Take the entry from an earlier copy of the trail, and find out who could write here since."
    assert second == "patient P-1005, entry 9 is missing."
    assert third.startswith("the end of the file is missing or does not fit the headings")
    assert counts == "trails 1, entries 25, flaws 3"


def test_flaws_are_told_to_machines_too(run: Run, trail: bytes) -> None:
    lines = trail.splitlines(keepends=True)
    told = json.loads(run("verify", "-", "--json", stdin=b"".join([*lines[:3], *lines[4:]])).out)
    [flaw] = told.pop("flaws")
    assert told == {"trails": 1, "entries": 25}
    assert (flaw["place"], flaw["fault"]) == ("patient P-1005, entry 3", "missing")


def test_an_earlier_copy_tells_a_trail_that_was_written_anew(run: Run, trail: bytes, tmp_path: Path) -> None:
    """A copy of the first 20 events, and then whoever leaves the second session out of all."""
    events = LATE.read_bytes().splitlines(keepends=True)
    earlier = tmp_path / "earlier.ndjson"
    run("trail", "-", "--as-of", "2025-01-06", "--out", earlier, stdin=b"".join(events[:20]))
    anew = run("trail", "-", *UNTIL, stdin=b"".join(events[:2] + events[4:])).out.encode()
    assert run("verify", "-", stdin=anew).status == 0
    ran = run("verify", "-", "--earlier", earlier, stdin=anew)
    assert ran.status == 1
    assert "patient P-1005, entry 20 is not the one that the earlier copy ends with" in ran.out
    assert run("verify", "-", "--earlier", earlier, stdin=trail).status == 0
    other = run("trail", SCENARIOS / "clean-twelve.ndjson", *UNTIL).out.encode()
    assert (
        "patient P-1005 has a trail in the earlier copy and none here"
        in run("verify", "-", "--earlier", earlier, stdin=other).out
    )


def test_a_fact_that_became_another_is_told(run: Run, trail: bytes, tmp_path: Path) -> None:
    events = [json.loads(line) for line in LATE.read_bytes().splitlines()]
    events[0]["detail"]["place_of_service"] = "12"
    (tmp_path / "changed.ndjson").write_bytes(stream_of(events[:-1]))
    ran = run("verify", "-", "--events", tmp_path / "changed.ndjson", stdin=trail)
    assert ran.status == 1
    assert "patient P-1005, entry 1 rests on another body of its fact than is on record." in ran.out
    assert "rests on a fact that is not on record." in ran.out


def test_what_was_known_on_a_day_is_told_with_what_came_later(run: Run) -> None:
    words = " ".join(run("trail", LATE, *UNTIL, "--known-on", "2025-04-06").out.split())
    assert "Patient P-1005, as known on 2025-04-06" in words
    assert "Entry 24 of 26 of the trail, recorded 2025-04-01 08:00:00 UTC, judged as of 2025-04-01, policy" in words
    assert "12 2025-03-31 No finding stands." in words
    assert "Not yet known 2025-04-07 visit V-1005-07 version 1" in words
    later = " ".join(run("trail", LATE, *UNTIL, "--known-on", "2025-04-07").out.split())
    assert "13 2025-03-31" in later
    assert "KX_MISSING" in later
    assert "visit V-1005-07 version 1" not in later.split("Not yet known")[1]


def test_what_was_known_is_told_to_machines_as_every_answer_is(run: Run) -> None:
    told = json.loads(run("trail", LATE, *UNTIL, "--known-on", "2025-04-06", "--json").out)
    [patient] = told.pop("patients")
    assert told == {"known_on": "2025-04-06", "policy": "NCD 30.3.3"}
    asked = stream_of([{"id": "1", "file": str(LATE), "as_of": "2025-04-06", "known_on": "2025-04-06"}])
    [answered] = json.loads(run("answer", stdin=asked).out)["patients"]
    assert {name: patient[name] for name in answered} == answered
    assert (patient["entry"]["seq"], patient["entries_since"], patient["facts_known"]) == (24, 2, 24)
    assert [fact["id"] for fact in patient["not_yet_known"]] == ["V-1005-07", "C-1005-07"]


def test_answer_knows_only_what_had_arrived(run: Run) -> None:
    asked = {"id": "1", "file": str(LATE), "as_of": "2025-04-10"}
    requests = [asked, asked | {"known_on": "2025-04-06"}, asked | {"known_on": "soon"}]
    whole, early, refused = map(json.loads, run("answer", stdin=stream_of(requests)).out.splitlines())
    assert [document["events"]["received"] for document in (whole, early)] == [26, 24]
    assert refused["error"].startswith("known_on: ")


def test_before_the_first_event_nothing_was_known(run: Run) -> None:
    shown = run("trail", LATE, *UNTIL, "--known-on", "2025-01-01").out
    assert "Nothing was concluded by then; 26 entries have been made since." in shown
    assert "Used" not in shown


def test_a_trail_is_written_to_a_file(run: Run, trail: bytes, tmp_path: Path) -> None:
    assert run("trail", LATE, *UNTIL, "--out", tmp_path / "trail.ndjson").out == f"{tmp_path / 'trail.ndjson'}\n"
    assert (tmp_path / "trail.ndjson").read_bytes() == trail


def test_one_patient_of_several_can_be_asked_for(run: Run) -> None:
    files = (LATE, SCENARIOS / "clean-twelve.ndjson")
    assert [
        run("trail", *files, *UNTIL, *some).out.count('"patient_id":"P-1005","entries"')
        for some in ((), ("--patient", "P-1001"))
    ] == [1, 0]


def test_messages_that_cannot_be_taken_in_are_counted(run: Run) -> None:
    ran = run("trail", "-", *UNTIL, stdin=LATE.read_bytes() + b"{}\n")
    assert ran.err == "ncd-audit: 1 of the messages cannot be taken in; simulate says which and why\n"
    assert ran.status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["verify", str(LATE)], "holds no audit trail; name a file that `ncd-audit trail` wrote"),
        (["trail", str(LATE), "--patient", "P-0"], "there is no record of patient P-0 here"),
        (
            ["trail", str(LATE), "--out", "no/such/folder/trail"],
            "no/such/folder/trail: cannot be written: no such file",
        ),
        (["trail", str(LATE), "--known-on", "April"], "write it as 2025-04-10"),
    ],
)
def test_bad_usage_is_one_line_and_status_2(run: Run, arguments: list[str], said: str) -> None:
    ran = run(*arguments)
    assert said in ran.err
    assert ran.err.count("\n") == 1
    assert (ran.status, ran.out) == (2, "")
