"""Where a setting of the law stands, and how a finding cites it."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from pydantic import ConfigDict

NOTHING_ELSE = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Source:
    __pydantic_config__: ClassVar = NOTHING_ELSE

    title: str
    url: str


class Citation(NamedTuple):
    """Where the law says so. `basis` keeps CMS's words apart from our reading of them."""

    source: str
    section: str
    url: str
    basis: str
    quote: str
    reading: str = ""
