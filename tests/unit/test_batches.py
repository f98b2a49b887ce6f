"""Of a batch those records come again that failed, and no others."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from shared.aws.batches import Answer, Record, answer_to_changes, answer_to_messages
from shared.core.errors import AuditError


def messages(count: int) -> list[dict[str, Any]]:
    return [{"messageId": f"m-{number}", "body": str(number)} for number in range(count)]


def changes(count: int) -> list[dict[str, Any]]:
    return [{"dynamodb": {"SequenceNumber": f"s-{number}"}, "body": str(number)} for number in range(count)]


KINDS = [(answer_to_messages, messages, "m"), (answer_to_changes, changes, "s")]
Answering = Callable[[list[dict[str, Any]], Callable[[Record], object]], Answer]


@pytest.mark.parametrize(("answer", "made", "letter"), KINDS)
@pytest.mark.parametrize("failing", [set(), {0}, {1}, {2}, {0, 2}, {0, 1, 2}])
def test_each_record_is_tried_once_and_named_if_it_failed(
    answer: Answering, made: Callable[[int], list[dict[str, Any]]], letter: str, failing: set[int]
) -> None:
    tried: list[int] = []

    def handle(record: Mapping[str, Any]) -> None:
        tried.append(int(record["body"]))
        if tried[-1] in failing:
            raise AuditError("not now")

    answered = answer(made(3), handle)

    assert tried == [0, 1, 2]
    assert answered == {"batchItemFailures": [{"itemIdentifier": f"{letter}-{number}"} for number in sorted(failing)]}


@pytest.mark.parametrize("answer", [answer_to_messages, answer_to_changes])
def test_of_nothing_nothing_failed(answer: Answering) -> None:
    assert answer([], print) == {"batchItemFailures": []}


def test_a_failure_is_told_without_a_word_of_what_another_library_said(capsys: pytest.CaptureFixture[str]) -> None:
    def handle(record: Mapping[str, Any]) -> None:
        raise ValueError(f"Jane Roe of {record['body']}")

    answer_to_messages(messages(1), handle)

    told = json.loads(capsys.readouterr().out)
    assert (told["message"], told["error"]) == ("record failed", "ValueError")
    assert "Jane" not in json.dumps(told)


def test_what_stops_a_process_stops_the_batch() -> None:
    """A time-out is no failure of a record: who ends the process is not to be caught."""

    def handle(_: Mapping[str, Any]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        answer_to_messages(messages(2), handle)
