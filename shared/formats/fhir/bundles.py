"""A Bundle of any kind as its resources, and what it says beside them."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.core.errors import Reason
from shared.formats.fhir.notifications import Notification
from shared.formats.fhir.shelf import Entry
from shared.formats.piecework import Unfit
from shared.formats.reading import Noted, Piece, Refused

_DEEPEST = 4  # Bundles within Bundles: a message or batch may hold some, a chain of them is an attack
_KNOWN_NOTIFICATIONS = ("handshake", "heartbeat", "event-notification", "query-status", "query-event")


def resources(bundle: Mapping[str, Any], place: str, raw: bytes | None, depth: int = 1) -> Iterator[Entry | Piece]:
    """Every entry of a Bundle: a resource, or a piece that says why it holds none to read."""
    whole = Entry(place, bundle, raw=raw)
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        yield whole.refused(Unfit(Reason.WRONG_TYPE, "entry"))
        return
    if depth > _DEEPEST:
        yield whole.refused(Unfit(Reason.TOO_DEEP, "entry"))
        return
    notification = Notification.of(bundle)
    yield from _about(bundle, notification, place, empty=not entries)
    for number, entry in enumerate(entries):
        if number or notification is None:
            yield from _entry(entry, f"{place}.entry[{number}]", depth)


def _about(bundle: Mapping[str, Any], notification: Notification | None, place: str, *, empty: bool) -> Iterator[Piece]:
    if notification:
        yield from _notified(bundle, notification, place)
    elif empty:
        yield Noted("the Bundle is empty", place)
    links = bundle.get("link")
    if isinstance(links, list) and any(isinstance(link, dict) and link.get("relation") == "next" for link in links):
        yield Noted("the Bundle is one page of a search: the next pages must be fetched", f"{place}.link")


def _notified(bundle: Mapping[str, Any], notification: Notification, place: str) -> Iterator[Piece]:
    kind = notification.kind if notification.kind in _KNOWN_NOTIFICATIONS else "unknown kind"
    yield Noted(f"subscription notification: {kind}", f"{place}.entry[0].resource")
    entries = [entry for entry in bundle["entry"][1:] if isinstance(entry, dict)]
    sent = {entry.get("fullUrl") for entry in entries if isinstance(entry.get("fullUrl"), str) and "resource" in entry}
    for number, event in enumerate(notification.events):
        if event.focus and event.focus not in sent:
            path = f"{place}.entry[0].resource.notification-event[{number}]"
            yield Noted("the resource is named only: it must be fetched", path)


def _entry(entry: object, place: str, depth: int) -> Iterator[Entry | Piece]:
    if not isinstance(entry, dict):
        yield Entry(place, {"entry": entry}).refused(Unfit(Reason.WRONG_TYPE, "resource"))
        return
    if "resource" not in entry:
        yield _without_resource(entry, place)
        return
    body, url = entry["resource"], entry.get("fullUrl")
    if not isinstance(body, dict):
        yield Entry(place, entry).refused(Unfit(Reason.WRONG_TYPE, "resource"))
    elif body.get("resourceType") == "Bundle":
        yield from resources(body, f"{place}.resource", None, depth + 1)
    else:
        yield Entry(f"{place}.resource", body, url if isinstance(url, str) else None)


def _without_resource(entry: Mapping[str, Any], place: str) -> Noted | Refused:
    request = entry.get("request")
    if isinstance(request, dict) and request.get("method") == "DELETE":
        return Noted("was deleted at the sender: what it told here still stands and must be taken back", place)
    return Noted("the entry holds no resource", place)
