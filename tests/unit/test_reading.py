"""What a file of events is read as: the content decides, and no line is lost."""

import io
import json
from pathlib import Path

import pytest

from local.cannot_read import CannotRead
from local.reading import of_file
from shared.formats.messages import of_stream

A, B = b'{"id": "a"}', b'{"id": "b"}'


def read(content: bytes) -> list[bytes]:
    return list(of_stream(io.BytesIO(content)))


@pytest.mark.parametrize(
    ("content", "messages"),
    [
        pytest.param(A + b"\n" + B + b"\n", [A, B], id="a stream"),
        pytest.param(A + b"\n" + B, [A, B], id="no newline at the end"),
        pytest.param(A + b"\r\n\r\n  \n" + B + b"\r\n", [A, B], id="Windows line ends and blank lines"),
        pytest.param(b"\xef\xbb\xbf" + A + b"\n" + B, [A, B], id="byte order mark"),
        pytest.param(b'{"id":   "a"}\n', [b'{"id":   "a"}'], id="a line stays as it was written"),
        pytest.param(A + b"\n{cut\n" + B, [A, b"{cut", B], id="a broken line"),
        pytest.param(b"{cut\n" + A + b"\n" + B, [b"{cut", A, B], id="the first line broken"),
        pytest.param(b"\xff\xfe\n" + A, [b"\xff\xfe", A], id="a line that is not UTF-8"),
        pytest.param(b"[]\n" + A, [b"[]", A], id="a list among the lines"),
        pytest.param(b"5\n", [b"5"], id="a number"),
        pytest.param(b"", [], id="empty"),
        pytest.param(b" \n\n", [], id="blank"),
        pytest.param(b"[]", [], id="an empty list"),
        pytest.param(b"[" * 100_000, [b"[" * 100_000], id="nested too deep to read"),
    ],
)
def test_a_stream_is_its_lines(content: bytes, messages: list[bytes]) -> None:
    assert read(content) == messages


@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_is_its_elements(indent: int | None) -> None:
    events = [{"id": "a", "n": [1, 2.5, None]}, {"id": "ü"}, 5]
    assert [json.loads(message) for message in read(json.dumps(events, indent=indent).encode())] == events


def test_one_event_over_several_lines_is_one_message() -> None:
    [message] = read(json.dumps({"id": "a", "detail": {}}, indent=2).encode())
    assert json.loads(message) == {"id": "a", "detail": {}}


def test_a_stream_is_read_as_it_is_asked_for() -> None:
    stream = io.BytesIO((A + b"\n") * 100_000)
    next(of_stream(stream))
    assert stream.tell() < 100_000


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path in (str(tmp_path), str(tmp_path / "missing"), "a\0b"):
        with pytest.raises(CannotRead) as refusal:
            list(of_file(path))
        assert str(refusal.value).startswith(path)
