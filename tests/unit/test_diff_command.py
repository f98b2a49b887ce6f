"""`ncd-audit diff` as people and programs meet it, and how a policy is named to it."""

import json
from pathlib import Path

import pytest

from local.samples import SCENARIOS
from shared.core.policy import FILES, policies
from tests.builders import a_course
from tests.unit.conftest import Run, stream_of

ELEVENTH = "kx_first=11"
COURSE = stream_of(a_course(12, scores={1: 7, 10: 3}))
AS_OF = ("--as-of", "2025-04-10")
POLICY_FILES = Path(__file__).parents[2] / "shared" / "policies"
KX_FIRST = """
[[kx_first]]
from = 2020-01-21
value = 13
source = "MAC"
section = "Attestation"
basis = "house_reading"
confidence = "AMB"
quote = "after the twelfth"

[[kx_first]]
from = 2025-03-20
value = 11
source = "MAC"
section = "Attestation"
basis = "house_reading"
confidence = "AMB"
quote = "after the tenth"

[sources.MAC]
title = "A contractor's article"
url = "https://example.org/a"
"""


def test_verdicts_that_change_are_told_with_counts_and_money(run: Run) -> None:
    ran = run("diff", "--policy", "current", "--policy", f"current with {ELEVENTH}", "-", *AS_OF, stdin=COURSE)
    words = " ".join(ran.out.split())
    for expected in (
        "Old policy current New policy current with kx_first=11",
        "Settings that differ kx_first 13 -> 11",
        "KX_MISSING 2 1 +80.00",
        "2025-03-17 opened KX_MISSING (violation) P-1 claim C-1-11, line 1, visit V-1-11",
        "Patients 1 of 1 have a verdict that differs",
        "Violations 0 before, 2 after (+2)",
        "At stake 0.00 before, 80.00 after (+80.00;",
    ):
        assert expected in words
    assert (ran.status, ran.err) == (1, "")


def test_no_verdict_that_changes_is_status_0(run: Run) -> None:
    ran = run("diff", "--policy", "kx_last=19", "-", *AS_OF, stdin=COURSE)
    assert "Patients 0 of 1 have a verdict that differs" in " ".join(ran.out.split())
    assert "Change" not in ran.out
    assert ran.status == 0


def test_machines_get_every_verdict_of_both_sides(run: Run) -> None:
    told = json.loads(run("diff", "--json", "--policy", ELEVENTH, "-", *AS_OF, stdin=COURSE).out)
    first, _ = told.pop("differences")
    assert (first["change"], first["before"], first["at_stake"]) == ("opened", None, "40.00")
    assert (first["after"]["rule"], first["after"]["claim_id"]) == ("KX_MISSING", "C-1-11")
    counts = {"opened": 2, "gone": 0, "graver": 0, "milder": 0, "moved": 0, "restated": 0}
    assert told["rules"] == [{"rule": "KX_MISSING", **counts, "patients": 1, "at_stake": "80.00"}]
    assert told["patients"] == {"audited": 1, "touched": 1}
    assert told["at_stake"] == {"before": "0.00", "after": "80.00"}
    assert told["old"] == {"name": "current", "policy": policies().id, "version": policies().version}
    assert told["new"]["version"] == policies().changed(kx_first=11).version


def test_only_what_had_arrived_by_a_day_counts(run: Run) -> None:
    """The eleventh claim is received on 2025-03-18, the twelfth a week later."""
    opened = [
        len(
            json.loads(run("diff", "--json", "--policy", ELEVENTH, "--known-on", day, "-", stdin=COURSE).out)[
                "differences"
            ]
        )
        for day in ("2025-03-17", "2025-03-18", "2025-03-25")
    ]
    assert opened == [0, 1, 2]


def test_twenty_are_shown_and_the_rest_is_counted(run: Run) -> None:
    courses = [event for n in range(11) for event in a_course(12, scores={1: 7, 10: 3}, patient_id=f"P-{n}")]
    ran = run("diff", "--policy", ELEVENTH, "-", *AS_OF, stdin=stream_of(courses))
    assert ran.out.count(" opened ") == 20
    assert "and 2 more; --json has all" in ran.out


def test_a_file_replaces_the_settings_it_states_with_all_their_dates(run: Run, tmp_path: Path) -> None:
    """The eleventh session is before 2025-03-20 and the twelfth after it."""
    (tmp_path / "article.toml").write_text(KX_FIRST)
    ran = run("diff", "--policy", tmp_path / "article.toml", "-", *AS_OF, stdin=COURSE)
    assert "kx_first 13 -> 13 from 2020-01-21; 11 from 2025-03-20" in " ".join(ran.out.split())
    assert [line.split()[0] for line in ran.out.splitlines() if " opened " in line] == ["2025-03-24"]


def test_a_folder_is_a_policy(run: Run, tmp_path: Path) -> None:
    for name in FILES:
        text = (POLICY_FILES / name).read_text()
        (tmp_path / name).write_text(
            text.replace("[[kx_first]]\nfrom = 2020-01-21\nvalue = 13", "[[kx_first]]\nfrom = 2020-01-21\nvalue = 12")
        )
    ran = run("diff", "--policy", POLICY_FILES, "--policy", tmp_path, "-", *AS_OF, stdin=COURSE)
    assert "kx_first 13 -> 12" in " ".join(ran.out.split())
    assert [line.split()[0] for line in ran.out.splitlines() if " opened " in line] == ["2025-03-24"]
    assert run("diff", "--policy", POLICY_FILES, "-", *AS_OF, stdin=COURSE).status == 0


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        ("kx_scop=one_line", "there is no setting kx_scop; the closest are kx_scope"),
        ("kx_scope=two", "kx_scope.value: Input should be 'every_line' or 'one_line'"),
        ("initial_sessions=ten", "initial_sessions.value: Input should be a valid integer"),
        ("current with kx_first", "'kx_first' is no setting=value"),
        ("nowhere", "there is no such folder or file; write current, a path, or setting=value"),
        (str(SCENARIOS), "the folder holds none of ncd_30_3_3.toml"),
    ],
)
def test_a_policy_that_is_none_is_refused_in_one_line(run: Run, policy: str, why: str) -> None:
    ran = run("diff", "--policy", policy, "-", stdin=COURSE)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert why in ran.err


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (("[[kx_first]]", "[[kx_frist]]"), "there is no setting kx_frist"),
        (("[[kx_first]]\nfrom = 2020-01-21", "[[kx_first]]"), "kx_first is to be written as [[kx_first]] with a date"),
        (("from = 2020-01-21", 'from = "2020-01-21"'), "kx_first is to be written as [[kx_first]] with a date"),
        (('"MAC"', '"MCA"'), "kx_first names a source that is not under [sources]"),
        (("value = 13", "value = thirteen"), "Invalid value"),
        (('quote = "after the tenth"', ""), "kx_first.quote: Field required"),
    ],
)
def test_a_file_that_is_no_policy_is_refused_in_one_line(
    run: Run, tmp_path: Path, edit: tuple[str, str], why: str
) -> None:
    (tmp_path / "article.toml").write_text(KX_FIRST.replace(*edit))
    ran = run("diff", "--policy", tmp_path / "article.toml", "-", stdin=COURSE)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert why in ran.err


def test_a_third_policy_is_refused(run: Run) -> None:
    policies_named = ("--policy", "current") * 3
    ran = run("diff", *policies_named, "-", stdin=COURSE)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "name the old policy and the new one, no more" in ran.err
