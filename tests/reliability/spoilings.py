"""What can befall the bytes of an event on the way, whatever they say."""

from collections.abc import Callable
from random import Random


def _cut(body: bytes, random: Random) -> bytes:
    return body[: random.randrange(len(body))]


def _garbled(body: bytes, random: Random) -> bytes:
    spoilt = bytearray(body)
    for _ in range(random.choice((1, 1, 3, 30))):
        spoilt[random.randrange(len(spoilt))] = random.randrange(256)
    return bytes(spoilt)


def _said_twice(body: bytes, random: Random) -> bytes:
    """A field once more at the end of some object, under an escaped name too."""
    ends = [place for place, byte in enumerate(body) if byte == ord("}")]
    again = random.choice((b'"version": 2', b'"vers\\u0069on": 1', b'"note": null', b'"zzz": 1, "zzz": 1'))
    place = random.choice(ends or [0])
    return body[:place] + b", " + again + body[place:]


def _buried(body: bytes, random: Random) -> bytes:
    return b'{"a":' * (deep := random.choice((5, 199, 201, 20_000))) + body + b"}" * deep


def _around(body: bytes, random: Random) -> bytes:
    before, after = random.choice(
        ((b"\xef\xbb\xbf", b""), (b"[", b"]"), (b"", b"\n\n"), (b"", body), (b"\0", b""), (b" ", b"x"))
    )
    return before + body + after


def _encoded(body: bytes, random: Random) -> bytes:
    return body.decode(errors="replace").encode(random.choice(("utf-16", "utf-32", "utf-8-sig")))


SPOILINGS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _cut,
    _garbled,
    _garbled,
    _said_twice,
    _said_twice,
    _buried,
    _around,
    _encoded,
)
