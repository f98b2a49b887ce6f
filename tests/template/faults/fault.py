"""A fault planted in template.yaml."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from local.template import TEMPLATE
from tests.template.resources import Expanded


class Fault(NamedTuple):
    """`old` becomes `new`, once, where it stands first."""

    what: str
    check: Callable[[Expanded], Iterator[str]]
    old: str
    new: str

    def planted(self) -> str:
        text = TEMPLATE.read_text(encoding="utf-8")
        assert self.old in text, f"{self.what}: the template no longer says so"
        return text.replace(self.old, self.new, 1)
