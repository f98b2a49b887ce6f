"""The command line as people and programs meet it: what is printed where, and with which status."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from local.answer import answer
from local.samples import SCENARIOS, sample
from local.stories import last_day
from shared.core.events import SNAPSHOTS, Kind
from shared.core.intake import parse_event
from tests.builders import a_course
from tests.stories import STORIES
from tests.unit.conftest import Run, stream_of

AS_OF = "2025-04-10"


def story(name: str) -> Path:
    return SCENARIOS / f"{name}.ndjson"


def document_of(events: Iterable[Any]) -> dict[str, Any]:
    return answer([json.dumps(event).encode() for event in events], date.fromisoformat(AS_OF))


def test_a_violation_is_told_with_its_law_its_records_and_what_to_do(run: Run) -> None:
    ran = run("simulate", story("thirteenth-without-kx"), "--as-of", AS_OF)
    words = " ".join(ran.out.split())
    for expected in (
        "NCD 30.3.3 as of 2025-04-10",
        "Patient P-1002",
        "13 2025-03-31",
        "Violations (1)",
        "Rule KX_MISSING",
        '"An additional 8 sessions will be covered for those patients demonstrating an improvement."',
        "CMS NCD 30.3.3, version 1, B. Nationally Covered Indications",
        "2025-03-31 Session 13 of the period that began 2025-01-06 is billed without KX.",
        "Claim C-1002-13 line 1 (20560), visit V-1002-13",
        "Records: claim C-1002-13 (version 1); visit V-1002-13, V-1002-01,",
        "What to do If the record shows improvement, add KX",
        "[violation] KX_MISSING opened: patient P-1002",
        "1 patient, 1 violation, 0 warnings, 0 for information",
        "received 26 = recorded 26 + duplicates 0 + superseded 0 + quarantined 0",
    ):
        assert expected in words
    assert (ran.status, ran.err) == (1, "")


def test_nothing_to_say_is_status_0(run: Run) -> None:
    ran = run("simulate", "-", "--as-of", AS_OF, stdin=stream_of(a_course(2)))
    assert "No finding stands." in ran.out
    assert ran.status == 0


def test_a_warning_alone_is_status_0(run: Run) -> None:
    events = a_course(1, condition={"onset_date": None})
    ran = run("simulate", "-", "--as-of", AS_OF, stdin=stream_of(events))
    assert "Warnings" in ran.out
    assert ran.status == 0


def test_output_to_a_file_is_plain_text(run: Run) -> None:
    ran = run("simulate", "-", "--as-of", AS_OF, stdin=stream_of(a_course(1)))
    assert "\x1b" not in ran.out
    assert max(map(len, ran.out.splitlines())) <= 120


def test_json_is_the_answer_of_the_core_and_nothing_else(run: Run) -> None:
    events = a_course(2, diagnoses=["M54.2"])
    ran = run("simulate", "-", "--as-of", AS_OF, "--json", stdin=stream_of(events))
    assert json.loads(ran.out) == document_of(events)
    assert (ran.status, ran.err) == (1, "")


def test_withdrawn_findings_are_shown_on_request_and_do_not_count(run: Run) -> None:
    visit, claim = a_course(1, diagnoses=["M54.2"])
    void = json.loads(json.dumps(claim))
    void["detail"] |= {"claim_id": "C-8", "frequency_code": "8", "replaces_claim_id": claim["detail"]["claim_id"]}
    arguments = ("simulate", "-", "--as-of", AS_OF)
    shown = run(*arguments, "--all", stdin=stream_of([visit, claim, void]))
    assert "Withdrawn" in shown.out
    assert "Withdrawn on 2025-04-10" in shown.out
    assert shown.status == 0
    assert "Withdrawn" not in run(*arguments, stdin=stream_of([visit, claim, void])).out


def test_without_a_date_it_is_audited_as_of_today(run: Run) -> None:
    document = json.loads(run("simulate", "-", "--json", stdin=stream_of(a_course(1))).out)
    assert abs((date.fromisoformat(document["as_of"]) - date.today()).days) <= 1  # noqa: DTZ011  # UTC is near


def test_several_files_are_one_stream(run: Run, tmp_path: Path) -> None:
    visit, claim = a_course(1)
    (tmp_path / "visit.json").write_text(json.dumps(visit, indent=2), encoding="utf-8")
    (tmp_path / "claim.ndjson").write_bytes(stream_of([claim, claim]))
    ran = run("simulate", tmp_path / "visit.json", tmp_path / "claim.ndjson", "--as-of", AS_OF)
    assert "received 3 = recorded 2 + duplicates 1" in ran.out


def test_what_is_malformed_is_named_and_the_rest_is_audited(run: Run) -> None:
    too_large = b'{"detail-type": "' + b"x" * 2_000_000 + b'"}\n'
    stream = story("malformed-among-good").read_bytes() + too_large
    ran = run("simulate", "-", "--as-of", AS_OF, stdin=stream)
    words = " ".join(ran.out.split())
    assert "Quarantined (7)" in words
    assert "not_json body (unknown)" in words
    assert "not_a_date detail.date_of_service evt-bad-date" in words
    assert "too_large body (unknown)" in words
    assert "received 15 = recorded 8 + duplicates 0 + superseded 0 + quarantined 7" in words
    assert ran.status == 0


def test_an_empty_file_is_a_stream_without_events(run: Run) -> None:
    ran = run("simulate", "-", stdin=b"")
    assert "received 0 = recorded 0" in ran.out
    assert ran.status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["simulate", "no/such.ndjson"], "no/such.ndjson: no such file", id="missing file"),
        pytest.param(["simulate", str(SCENARIOS)], "is a directory; name the files in it", id="directory"),
        pytest.param(["simulate", "-", "--as-of", "2025-13-01"], "write it as 2025-04-10", id="no month 13"),
        pytest.param(["simulate", "-", "--as-of", "20250410"], "write it as 2025-04-10", id="date in another form"),
        pytest.param(["simulate"], "Missing argument", id="no file"),
        pytest.param(["simulate", "-", "--bogus"], "--bogus", id="unknown option"),
        pytest.param(["generate-event", "invoice"], "'invoice'", id="unknown kind"),
        pytest.param(["stories", "nobodys"], "nobodys: no such story; name one of advantage-", id="unknown story"),
        pytest.param(["audti"], "audti", id="unknown command"),
        pytest.param([], "Missing command", id="no command"),
    ],
)
def test_bad_usage_is_one_line_and_status_2(run: Run, arguments: list[str], said: str) -> None:
    ran = run(*arguments)
    assert said in ran.err
    assert ran.err.startswith("ncd-audit: ")
    assert ran.err.count("\n") == 1
    assert (ran.status, ran.out) == (2, "")


@pytest.mark.parametrize("taken", [True, False])
def test_a_port_that_another_has_is_known_before_anything_is_read(run: Run, taken: bool) -> None:  # noqa: FBT001
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        if taken:
            other.listen()
        else:
            other.close()
        ran = run("serve", "no/such.ndjson", "--port", str(port))
    said = f"port {port}: nobody can listen to it now; name another with --port" if taken else "no such file"
    assert said in ran.err
    assert (ran.status, ran.err.count("\n")) == (2, 1)


def test_answer_gives_one_document_a_line_and_goes_on_after_a_bad_request(run: Run) -> None:
    good = {"id": "1", "file": str(story("thirteenth-without-kx")), "as_of": AS_OF}
    requests = [good, {"file": "no/such.ndjson", "as_of": AS_OF}, good | {"as_of": "April"}, {"file": "a\0b"}, 5, good]
    ran = run("answer", stdin=b"not JSON\n\n" + stream_of(requests))
    documents = [json.loads(line) for line in ran.out.splitlines()]
    assert [set(document) == {"error"} for document in documents] == [True, False, True, True, True, True, False]
    assert documents[1] == documents[-1]
    assert documents[1]["patients"][0]["findings"][0]["rule"] == "KX_MISSING"
    assert ran.status == 0


@pytest.mark.parametrize("kind", SNAPSHOTS)
def test_generate_event_prints_an_event_that_is_accepted(run: Run, kind: Kind) -> None:
    ran = run("generate-event", kind)
    assert parse_event(ran.out.encode()).detail.kind == kind
    assert (json.loads(ran.out), ran.status) == (json.loads(sample(kind)), 0)


def test_samples_make_a_stream_one_after_the_other(run: Run) -> None:
    stream = "".join(run("generate-event", kind).out for kind in SNAPSHOTS)
    assert [parse_event(line.encode()).detail.kind for line in stream.splitlines()] == [*SNAPSHOTS]


def test_the_help_says_of_each_command_what_it_does_and_cuts_off_nothing(run: Run) -> None:
    ran = run("--help")
    assert "simulate " in ran.out
    assert "..." not in ran.out.split("Commands:")[1]


@pytest.mark.parametrize("name", STORIES)
def test_a_story_says_the_same_as_of_its_last_day(name: str) -> None:
    lines = story(name).read_bytes().splitlines()
    [patient] = answer(lines, last_day(lines))["patients"]
    told = {(finding["rule"], finding["subject"]["type"]) for finding in patient["findings"]}
    assert told == {(finding.rule, finding.subject_type) for finding in STORIES[name].expect}


def test_stories_are_told_and_summed_up_with_one_alert_in_full() -> None:
    """All twelve are run by `make simulate`."""
    command = "import sys; from local.cli import main; sys.exit(main(sys.argv[1:]))"
    arguments = [sys.executable, "-c", command, "stories", "wrong-diagnosis", "thirteenth-without-kx"]
    ran = subprocess.run(arguments, capture_output=True, text=True, check=True)
    rows = [" ".join(line.split()[:-1]) for line in ran.stdout.splitlines()[-3:]]
    assert rows == [
        "wrong-diagnosis 1 4 3 0 0 3 0",
        "thirteenth-without-kx 1 13 1 0 0 1 0",
        "all 2 17 4 0 0 4 0",
    ]
    assert ran.stdout.count("Reference:") == 1
