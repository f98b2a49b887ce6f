"""Whatever is done to a trail is found, and told by the entry where it begins; an untouched one has no flaw."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from shared.core.case import CaseFile
from shared.core.severity import Severity
from shared.core.snapshot import Reference
from shared.core.trail import Entry, Head, genesis
from shared.core.verify import Fault, Flaw, verify
from tests.builders import FIRST_DAY, a_course
from tests.unit.asking import snapshot
from tests.unit.trails import day_by_day, forged, rewritten

Entries = Sequence[Entry]
LAST = 26


@cache
def a_case() -> CaseFile:
    """Thirteen sessions, the last without KX: 26 entries."""
    return day_by_day([snapshot(event) for event in a_course(13, kx_from=None)])[-1]


@cache
def of_another() -> Entries:
    return day_by_day([snapshot(event) for event in a_course(13, kx_from=None, patient_id="P-2")])[-1].pending


def flaws(entries: Entries, head: Head | None = None) -> list[tuple[int, str]]:
    """Seen from the case file as it is."""
    case = a_case()
    found = verify("P-1", entries, head or case.head, facts=case.history.digests, standing=case.standing)
    return [(seq, fault.value) for seq, fault in found]


def with_entry(seq: int, change: Callable[[Entry], Entry]) -> Entries:
    return [change(entry) if entry.step.seq == seq else entry for entry in a_case().pending]


def one_byte_off(entry: Entry) -> Entry:
    return replace(entry, body=entry.body.replace(b"2025-", b"2026-", 1))


def later(entry: Entry) -> Entry:
    """Dated otherwise, with the hash that fits."""
    return forged(entry, lambda said: said.update(as_of="2026-01-01"))


def test_an_untouched_trail_has_no_flaw() -> None:
    assert len(a_case().pending) == LAST
    assert flaws(a_case().pending) == []
    assert verify("P-1", a_case().pending, a_case().head) == []
    assert verify("P-9", [], None) == verify("P-9", [], genesis("P-9")) == []


@pytest.mark.parametrize("seq", [1, 2, 14, LAST])
def test_an_edit_is_found_in_its_place(seq: int) -> None:
    assert flaws(with_entry(seq, one_byte_off)) == [(seq, "edited")]
    assert flaws(with_entry(seq, lambda entry: replace(entry, hash="0" * 64))) == [(seq, "edited")]


@pytest.mark.parametrize(
    ("seq", "found"), [(1, (2, "unlinked")), (14, (15, "unlinked")), (LAST, (LAST, "not_the_head"))]
)
def test_an_edit_with_a_hash_that_fits_is_found_by_what_follows(seq: int, found: tuple[int, str]) -> None:
    assert flaws(with_entry(seq, later)) == [found]


@pytest.mark.parametrize("seq", [1, 14, LAST - 1])
def test_a_deleted_entry_is_missing(seq: int) -> None:
    entries = a_case().pending
    assert flaws([*entries[: seq - 1], *entries[seq:]]) == [(seq, "missing")]


@pytest.mark.parametrize("kept", [0, 1, LAST - 1])
def test_what_is_cut_off_the_end_is_missing(kept: int) -> None:
    assert flaws(a_case().pending[:kept]) == [(kept + 1, "cut")]


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 20), (LAST - 1, LAST)])
def test_a_swap_is_out_of_order(one: int, other: int) -> None:
    entries = list(a_case().pending)
    entries[one - 1], entries[other - 1] = entries[other - 1], entries[one - 1]
    found = flaws(entries)
    assert (one, "out_of_order") in found
    assert {fault for _, fault in found} == {"out_of_order"}


def test_a_repeated_entry_is_out_of_order() -> None:
    first, *rest = a_case().pending
    assert flaws([first, first, *rest]) == [(1, "out_of_order")]
    assert flaws([first, *rest, first]) == [(1, "out_of_order")]


def test_an_entry_in_a_place_that_is_taken_binds_nothing() -> None:
    first, second, *rest = a_case().pending
    assert flaws([first, second, later(second), *rest]) == [(2, "out_of_order")]


def test_entries_of_another_patient_do_not_fit() -> None:
    assert flaws(of_another()) == [(1, "unlinked"), (LAST, "not_the_head")]
    own = a_case().pending
    assert flaws([*own[:4], of_another()[4], *own[5:]]) == [(5, "unlinked"), (6, "unlinked")]


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (Head(LAST, "0" * 64), [(LAST, "not_the_head")]),
        (Head(LAST + 1, "0" * 64), [(LAST + 1, "cut")]),
        (Head(LAST - 1, "0" * 64), [(LAST, "beyond_head")]),
    ],
)
def test_a_head_of_another_entry_is_found(head: Head, found: list[tuple[int, str]]) -> None:
    assert flaws(a_case().pending, head) == found


def test_entries_without_a_head_and_a_head_without_entries_are_found() -> None:
    assert verify("P-1", a_case().pending, None) == [Flaw(1, Fault.BEYOND_HEAD)]
    assert verify("P-1", [], a_case().head) == [Flaw(1, Fault.CUT)]


def test_several_flaws_are_each_told() -> None:
    entries = list(with_entry(3, one_byte_off))
    del entries[9]
    assert flaws(entries[:-2]) == [(3, "edited"), (10, "missing"), (25, "cut")]


def test_a_fact_that_is_not_the_one_that_was_taken_in_is_found() -> None:
    case = a_case()
    first = Reference("visit", "V-1-01", 1)
    kept = dict(case.history.digests)
    assert verify("P-1", case.pending, case.head, facts=kept | {first: "0" * 64}) == [Flaw(1, Fault.FACT_DIFFERS)]
    del kept[first]
    assert verify("P-1", case.pending, case.head, facts=kept) == [Flaw(1, Fault.FACT_MISSING)]


def test_a_case_file_that_says_something_else_is_found() -> None:
    """A finding taken out, made milder, or its story changed; a period counted otherwise."""
    case, standing = a_case(), a_case().standing
    finding_id, finding = next(iter(standing.findings.items()))
    others = [
        standing._replace(findings={}),
        standing._replace(findings={**standing.findings, finding_id: replace(finding, severity=Severity.INFO)}),
        standing._replace(life={**standing.life, finding_id: standing.life[finding_id]._replace(revision=9)}),
        standing._replace(periods=(replace(standing.periods[0], sessions_counted=12),)),
    ]
    for other in others:
        assert verify("P-1", case.pending, case.head, standing=other) == [Flaw(LAST, Fault.STANDS_OTHERWISE)]


def test_the_next_day_to_judge_on_is_in_no_entry_and_not_compared() -> None:
    case = a_case()
    dated = case.standing._replace(due_on=FIRST_DAY)
    assert verify("P-1", case.pending, case.head, standing=dated) == []


def test_an_entry_says_what_stood_before_it() -> None:
    """The fourth says that it withdraws a finding which the third, written anew, did not open."""
    without = [*with_entry(3, lambda entry: forged(entry, lambda said: said.update(findings=[])))]
    chained = rewritten(without, genesis("P-1"))
    assert verify("P-1", chained, chained[-1].head) == [Flaw(4, Fault.CONTRADICTS)]


def test_a_trail_written_anew_is_found_by_what_it_contradicts() -> None:
    """Every hash fits, the head too; that a finding was never opened does not."""
    opening = next(entry for entry in a_case().pending if entry.step.findings)
    seq = opening.step.seq
    without = [*with_entry(seq, lambda entry: forged(entry, lambda said: said.update(findings=[])))]
    chained = rewritten(without, genesis("P-1"))
    found = verify("P-1", chained, chained[-1].head, standing=a_case().standing)
    assert found
    assert {flaw.fault for flaw in found} <= {Fault.CONTRADICTS, Fault.STANDS_OTHERWISE}


def test_a_trail_written_anew_in_every_part_is_found_by_an_earlier_head() -> None:
    """Nothing in it contradicts anything, but it is not the trail whose head was noted."""
    chained = rewritten(with_entry(3, later), genesis("P-1"))
    head = chained[-1].head
    noted = [entry.head for entry in a_case().pending]
    assert verify("P-1", chained, head) == []
    for earlier in noted[2:]:
        assert verify("P-1", chained, head, earlier=earlier) == [Flaw(earlier.seq, Fault.WRITTEN_ANEW)]
    for unchanged in (None, genesis("P-1"), *noted[:2]):
        assert verify("P-1", chained, head, earlier=unchanged) == []


def test_a_trail_has_every_head_it_ever_had() -> None:
    for entry in a_case().pending:
        assert verify("P-1", a_case().pending, a_case().head, earlier=entry.head) == []
    longer = Head(LAST + 1, "0" * 64)
    assert verify("P-1", a_case().pending, a_case().head, earlier=longer) == [Flaw(LAST + 1, Fault.WRITTEN_ANEW)]


@pytest.mark.parametrize(
    ("seq", "part", "which"), [(2, "findings", "before"), (LAST, "findings", "after"), (LAST, "periods", "after")]
)
def test_a_finding_or_period_of_another_form_is_told_where_it_stands(seq: int, part: str, which: str) -> None:
    """Though every hash was made to fit, the head too."""

    def spoil(said: dict[str, Any]) -> None:
        said[part][0][which] = {"rule": "KX_MISSING"}

    chained = rewritten(with_entry(seq, lambda entry: forged(entry, spoil)), genesis("P-1"))
    assert verify("P-1", chained, chained[-1].head, standing=a_case().standing) == [Flaw(seq, Fault.UNREADABLE)]


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"seq":1}', b'{"seq":"1","previous":""}', b"{"])
def test_an_entry_of_another_form_is_told_though_its_hash_fits(body: bytes) -> None:
    entry = Entry(body, hashlib.sha256(body).hexdigest())
    assert verify("P-1", [entry], Head(1, entry.hash)) == [Flaw(1, Fault.UNREADABLE)]
