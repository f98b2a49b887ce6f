"""What archives and shards come to, added up: whatever is missing is said, and events are conserved."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.core.fleet import Audited, Split, Summary, summary
from shared.core.lookback import Tally, look_back
from shared.core.policy import policies
from tests.builders import a_course
from tests.unit.asking import AS_OF, snapshot


def audited(recorded: int = 0, duplicates: int = 0, **rules: int) -> Audited:
    return Audited(tally=Tally(patients=1, recorded=recorded, duplicates=duplicates), rules=rules)


WHOLE = (["a", "b"], {"a": Split(events={0: 3, 1: 2}), "b": Split(events={1: 1})}, 2, {0: audited(3), 1: audited(2, 1)})


def test_nothing_is_missing_when_every_archive_and_shard_answers() -> None:
    told = summary(*WHOLE)
    assert told.whole
    assert (told.archives, told.events, told.tally.read, told.tally.patients) == (2, 6, 6, 2)


def test_an_archive_that_does_not_answer_is_missing() -> None:
    archives, split, shards, shard = WHOLE
    told = summary([*archives, "c"], split, shards, shard)
    assert (told.archives_missing, told.whole) == (("c",), False)


def test_a_shard_that_does_not_answer_is_missing_and_its_events_are_not_lost_twice() -> None:
    archives, split, shards, shard = WHOLE
    told = summary(archives, split, shards, {0: shard[0]})
    assert (told.shards_missing, told.lost, told.whole) == ((1,), 0, False)


def test_one_event_too_few_or_too_many_is_said() -> None:
    archives, split, shards, shard = WHOLE
    for read, lost in ((2, 1), (3, 0), (4, 1)):
        told = summary(archives, split, shards, {**shard, 0: audited(read)})
        assert (told.lost, told.whole) == (lost, lost == 0)


def test_too_few_in_one_shard_and_too_many_in_another_do_not_make_good() -> None:
    archives, split, shards, _ = WHOLE
    assert summary(archives, split, shards, {0: audited(2), 1: audited(4)}).lost == 2


def test_an_archive_that_is_gone_since_was_audited_all_the_same() -> None:
    _, split, shards, shard = WHOLE
    told = summary(["a"], split, shards, shard)
    assert (told.archives, told.events, told.whole) == (1, 6, True)


def test_refusals_notes_and_rules_are_added_up() -> None:
    split = {"a": Split(events={}, refused=2, noted=1), "b": Split(events={}, refused=1)}
    told = summary(["a", "b"], split, 2, {0: audited(KX_MISSING=2, DOS_BEFORE_NCD=1), 1: audited(KX_MISSING=1)})
    assert (told.refused, told.noted) == (3, 1)
    assert list(told.rules.items()) == [("DOS_BEFORE_NCD", 1), ("KX_MISSING", 3)]


def test_what_is_stored_is_what_is_read_again() -> None:
    patients = [look_back(p, map(snapshot, a_course(14, patient_id=p, kx_from=None)), policies(), AS_OF) for p in "AB"]
    shard = Audited.of(patients)
    assert shard.tally == replace(patients[0].tally + patients[1].tally, at_stake=Decimal("160.00"))
    assert shard.rules == {"KX_MISSING": 4}
    assert Audited.model_validate_json(shard.model_dump_json()) == shard
    split = Split(events={0: 3, 12: 1}, refused=1)
    assert Split.model_validate_json(split.model_dump_json()) == split
    told = summary(["a"], {"a": split}, 1, {0: shard})
    assert Summary.model_validate_json(told.model_dump_json()) == told


COUNTS = st.dictionaries(st.integers(0, 3), st.integers(0, 5))


@settings(max_examples=25)
@given(st.dictionaries(st.sampled_from("abcd"), COUNTS), st.sets(st.sampled_from("abcd")), COUNTS)
def test_whole_means_that_every_event_of_every_archive_was_audited(
    split: dict[str, dict[int, int]], stored: set[str], read: dict[int, int]
) -> None:
    told = summary(
        sorted(stored),
        {name: Split(events=of) for name, of in split.items()},
        4,
        {n: audited(r) for n, r in read.items()},
    )
    by_shard = {n: sum(of.get(n, 0) for of in split.values()) for n in range(4)}
    assert told.whole == (stored <= split.keys() and read == by_shard)
