"""Where a setting of the law stands, and how a finding cites it."""

from typing import NamedTuple


class Source(NamedTuple):
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
