"""By which two keys the table or an index of it is read; an index is sparse and shows keys alone, as ours are made."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.simulation.values import Item

Place = tuple[bytes, ...]


@dataclass(frozen=True)
class Index:
    """`whole`: it is the table itself, which shows all of an item."""

    hash: str
    range: str
    whole: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.hash, self.range, "pk", "sk")))

    def holds(self, item: Item) -> bool:
        return self.hash in item and self.range in item

    def place(self, item: Item) -> Place:
        """Where an item, or the key that a page ended with, stands among those of its partition."""
        return tuple(str(item[name]["S"]).encode() for name in (self.range, "pk", "sk"))

    def shown(self, item: Item) -> Item:
        return dict(item) if self.whole else self.key(item)

    def key(self, item: Item) -> Item:
        return {name: item[name] for name in self.keys}

    def fits(self, item: Item) -> bool:
        """Its keys are text, where they are there at all."""
        return all("S" in item[name] for name in (self.hash, self.range) if name in item)


WHOLE = Index("pk", "sk", whole=True)
INDEXES: Mapping[str, Index] = {
    "clock-index": Index("clock", "due_on"),
    "unsent-index": Index("unsent", "unsent_since"),
    "arrival-index": Index("arrived", "recorded_at"),
    "tell-index": Index("tell", "tell_at"),
}
