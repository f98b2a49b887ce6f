"""The pure look-back of one patient: the audit's findings as rows that can be added up, and shards that stay."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from local.judged import judged
from shared.core.document import patient_entry
from shared.core.history import History, Outcome
from shared.core.lookback import LookedBack, Tally, look_back, shard_of
from shared.core.policy import policies
from tests.builders import FIRST_DAY, Envelope, a_claim, a_course, a_line, a_remittance, a_visit
from tests.unit.asking import AS_OF, snapshot
from tests.unit.histories import a_history
from tests.unit.random_courses import a_random_course

SEEDS = st.integers(min_value=0, max_value=2**64 - 1)
IN_BOTH = ("rule", "severity", "message", "finding_id", "basis")


def looked(*events: Envelope) -> LookedBack:
    return look_back("P-1", map(snapshot, events), policies(), AS_OF)


@settings(max_examples=6)
@given(seed=SEEDS)
def test_the_rows_are_the_findings_of_the_case_file_in_their_order(seed: int) -> None:
    """Whatever order the events are told in, and however often."""
    random = Random(seed)
    events = random.choice((a_history, a_random_course))(random)
    told = random.sample([*events, *events], k=2 * len(events))
    history, outcomes = History.of(told)
    one_by_one = [History()]
    for event, outcome in zip(told, outcomes, strict=True):
        after, taken = one_by_one.pop().taking(event)
        one_by_one.append(after)
        assert taken is outcome
    assert history == one_by_one[0]
    found = look_back("P-1", told, policies(), AS_OF)
    stands = patient_entry(judged("P-1", history, AS_OF).standing, withdrawn=False)["findings"]
    assert [[getattr(row, name) for name in IN_BOTH] for row in found.rows] == [
        [finding[name] for name in IN_BOTH] for finding in stands
    ]
    assert found.outcomes == outcomes
    assert found.tally.read == len(told)


@settings(max_examples=4)
@given(seed=SEEDS)
def test_no_lines_money_is_counted_twice(seed: int) -> None:
    """What is claimed in all is at most what all lines were charged or paid, though findings overlap."""
    events = a_random_course(Random(seed))
    rows, _, tally = look_back("P-1", events, policies(), AS_OF)
    history, _ = History.of(events)
    paid = [line.paid for remittance in history.remittances for line in remittance.lines]
    charged = [line.charge for claim in history.claims for line in claim.lines]
    assert tally.at_stake <= sum(paid, sum(charged, Decimal(0)))
    assert all((row.amount is None) == (row.amount_once is None) for row in rows)
    assert all(row.amount_once <= row.amount for row in rows if row.amount is not None and row.amount_once is not None)


def test_two_violations_of_one_line_share_its_money() -> None:
    rows, _, tally = looked(a_claim(on=FIRST_DAY, lines=[a_line(units=2, charge="41.50", procedure_code="97811")]))
    of_the_line = [(row.amount, row.amount_once) for row in rows if row.severity == "violation"]
    assert of_the_line == [(Decimal("41.50"), Decimal("41.50"))] + [(Decimal("41.50"), 0)] * (len(of_the_line) - 1)
    assert len(of_the_line) > 1
    assert tally.at_stake == Decimal("41.50")


def test_what_was_paid_takes_the_place_of_what_was_charged() -> None:
    course = a_course(21)
    _, _, charged = looked(*course)
    rows, _, paid = looked(*course, *(a_remittance(event) for event in course if event["detail-type"].startswith("C")))
    assert charged.at_stake == 40
    assert paid.at_stake == 20
    assert {row.known_from for row in rows if row.severity == "violation"} == {"remittance"}


def test_a_row_names_who_held_the_needle_or_stands_on_the_line() -> None:
    held, stands, bills = "1200000028", "1234567893", "1200000010"
    visit = a_visit(performer={"npi": held}, note={"signed": False})
    claim = a_claim(
        on=FIRST_DAY, frequency_code="7", billing_npi=bills, lines=[a_line(modifiers=["50"], rendering_npi=stands)]
    )
    providers = {row.subject_type: row.provider_npi for row in looked(visit, claim).rows}
    assert providers == {"visit": held, "line": stands, "claim": bills, "session": held}
    alone = {row.subject_type: row.provider_npi for row in looked(claim).rows}
    assert alone["session"] == stands


def test_a_conflict_is_told_of_the_later_event() -> None:
    first, other = a_visit(), a_visit(note={"signed": False})
    found = looked(first, other, first, a_visit(on=FIRST_DAY + timedelta(days=1), version=2), other)
    assert found.outcomes == (
        Outcome.RECORDED,
        Outcome.CONFLICT,
        Outcome.DUPLICATE,
        Outcome.RECORDED,
        Outcome.CONFLICT,
    )
    assert (found.tally.recorded, found.tally.duplicates, found.tally.conflicts) == (2, 1, 2)


def test_a_tally_counts_everything() -> None:
    told = [
        *a_course(2, kx_from=1),
        a_visit("late", on=FIRST_DAY + timedelta(days=400)),
        a_visit("late", on=FIRST_DAY + timedelta(days=400)),
        a_visit("early", condition={"onset_date": FIRST_DAY - timedelta(days=7)}),
    ]
    assert looked(*told).tally == Tally(
        patients=1,
        with_findings=1,
        recorded=6,
        duplicates=1,
        periods=2,
        sessions=3,
        violations=1,
        warnings=4,
        infos=1,
        at_stake=Decimal("40.00"),
        needling_visits=4,
    )
    nothing = looked(*a_course(1)).tally
    assert nothing == Tally(patients=1, recorded=2, periods=1, sessions=1, needling_visits=1)
    assert isinstance(nothing.at_stake, Decimal)


def test_events_are_conserved() -> None:
    assert Tally(recorded=1, duplicates=2, superseded=4, conflicts=8).read == 15


def test_the_money_of_a_visit_is_that_of_the_lines_of_its_date() -> None:
    """Claimed by what is said of the visit, it is not claimed again by the line."""
    early = a_visit(condition={"onset_date": FIRST_DAY - timedelta(days=7)})
    rows, _, tally = looked(early, a_claim(lines=[a_line(units=2)]))
    claimed = {row.rule: (row.subject_type, row.amount_once) for row in rows if row.amount}
    assert claimed == {"CHRONICITY_NOT_MET": ("visit", Decimal(40)), "MUE": ("line", Decimal(0))}
    assert tally.at_stake == 40


def test_rules_that_are_left_out_are_not_asked() -> None:
    events = [snapshot(event) for event in a_course(13, kx_from=None, scores={})]
    rules = {row.rule for row in look_back("P-1", events, policies(), AS_OF).rows}
    left = {row.rule for row in look_back("P-1", events, policies(), AS_OF, frozenset({"KX_MISSING"})).rows}
    assert rules - left == {"KX_MISSING"}


def test_tallies_add_up() -> None:
    one, two = looked(*a_course(3, kx_from=1)).tally, looked(a_visit()).tally
    both = one + two
    assert (both.patients, both.sessions, both.recorded) == (2, 4, 7)
    assert (both.warnings, both.at_stake) == (one.warnings + two.warnings, one.at_stake + two.at_stake)
    assert both + Tally() == both


def test_a_row_is_ready_for_json() -> None:
    (row, *_) = looked(a_claim(on=FIRST_DAY, diagnoses=["M54.2"], lines=[a_line(charge="40.00")])).rows
    plain = row.plain()
    assert (plain["date_of_service"], plain["amount"], plain["line_number"]) == ("2025-01-06", "40.00", 1)
    assert plain["policy"] == policies().version


def test_a_patient_stays_in_one_shard() -> None:
    """The first 60 bits of SHA-256, so that a database can say the same; written down, so that no release moves one."""
    assert [shard_of(f"P-{number}", 16) for number in range(1, 6)] == [10, 4, 0, 8, 8]
    counts = [0] * 8
    for number in range(8_000):
        counts[shard_of(f"P-{number}", 8)] += 1
    assert min(counts) > 900
    assert max(counts) < 1_100
