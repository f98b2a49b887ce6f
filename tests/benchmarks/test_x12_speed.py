"""The X12 reader: claims a second, beside pyx12's loop reader in the same run, and memory that does not grow.

`.venv/bin/pytest tests/benchmarks/test_x12_speed.py --benchmark-enable -m ''` prints the figures.
"""

import io
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from pyx12.error_handler import errh_null
from pyx12.params import ParamsBase
from pyx12.x12context import X12ContextReader

from shared.formats import x12
from shared.formats.reading import Read
from tests.builders import a_claim
from tests.formats_writer import an_837, written

MBI = "1EG4TE5MK73"


def file_of(count: int) -> bytes:
    """`count` claims of one line each, of as many patients."""
    claims = [a_claim(f"C-{number}")["detail"] for number in range(count)]
    return written(an_837(claims, {"P-1": MBI}, "20250107080000"))


def read_by_us(content: bytes) -> int:
    return sum(isinstance(piece, Read) for piece in x12.read(io.BytesIO(content), lambda _, value: value))


def read_by_pyx12(content: bytes) -> int:
    reader = X12ContextReader(ParamsBase(), errh_null(), io.StringIO(content.decode()))
    return sum(node.id == "2300" for node in reader.iter_segments("2300"))


def a_second(read: Callable[[bytes], int], count: int, times: int) -> float:
    """Claims a second of processor time, in the best of some runs: what the machine does besides can only slow."""
    content = file_of(count)

    def once() -> float:
        begun = process_time()
        assert read(content) == count
        return count / (process_time() - begun)

    return max(once() for _ in range(times))


@pytest.mark.benchmark(min_rounds=10)
def test_a_thousand_claims(benchmark: Any) -> None:
    assert benchmark(read_by_us, file_of(1_000)) == 1_000


@pytest.mark.slow  # figures of a busy machine say little
def test_the_reader_is_fifty_times_as_fast_as_one_that_knows_the_whole_guide() -> None:
    ours, theirs = a_second(read_by_us, 1_000, 20), a_second(read_by_pyx12, 100, 4)
    print(f"\n{ours:,.0f} claims a second, pyx12 {theirs:,.0f}: {ours / theirs:.0f} times")  # noqa: T201
    assert ours / theirs >= 50


@pytest.mark.slow
def test_memory_is_flat_from_a_thousand_to_a_hundred_thousand_claims(tmp_path: Path) -> None:
    small, large = (peak(of_size(tmp_path / str(count), count), count) for count in (1_000, 100_000))
    print(f"\npeak of {small:,} bytes for 1,000 claims, of {large:,} for 100,000")  # noqa: T201
    assert large < 1.1 * small


def of_size(path: Path, count: int) -> Path:
    """A file of `count` claims, written piece by piece: claims of one set, which may be any number to the reader."""
    content = file_of(1_000)
    begin, end = content.index(b"HL*2*"), content.index(b"SE*")
    with path.open("wb") as stream:
        stream.write(content[:begin])
        for _ in range(count // 1_000):
            stream.write(content[begin:end])
        stream.write(content[end:])
    return path


def peak(path: Path, count: int) -> int:
    """The most memory that Python held at once while the file was read."""
    with path.open("rb") as stream:
        tracemalloc.start()
        try:
            assert sum(isinstance(piece, Read) for piece in _pieces(stream)) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def _pieces(stream: Any) -> Iterator[object]:
    return x12.read(stream, lambda _, value: value)
