"""How much the slow tests run; RELIABILITY_RUNS is the number of random histories, the rest goes with it."""

from os import environ


def random_histories() -> int:
    return int(environ.get("RELIABILITY_RUNS", "100000"))


def random_interleavings() -> int:
    return max(4, random_histories() // 10)


def tamperings() -> int:
    return max(19, random_histories() // 10)
