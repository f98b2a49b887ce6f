"""A file that was named and cannot be read, as the command line says it."""


class CannotRead(Exception):
    """The message says which, why, and what to name instead."""

    def __init__(self, path: str, why: str, instead: str) -> None:
        super().__init__(f"{path}: {why}; {instead}")
