"""Coding: lines beside each other, and their modifiers."""

from collections.abc import Iterator

from tests.second_reading.patient import Patient
from tests.second_reading.words import ACUPUNCTURE, ADDONS, INITIAL, NEEDLING, Found, Line

UNITS = {"20560": 1, "20561": 1, "97810": 1, "97813": 1, "97811": 2, "97814": 2}
ESTABLISHED = {"99212", "99213", "99214", "99215"}
NEW = {"99202", "99203", "99204", "99205"}


def edits(patient: Patient) -> Iterator[Found]:
    for line in patient.lines:
        if line in patient.duplicates:
            yield "DUPLICATE_CLAIM", "warning", line.subject
            continue
        beside = patient.same_biller(line)
        if denied(line, {other.code for other in beside}):
            yield "PTP", "violation", line.subject
        if sum(other.line.units for other in beside if other.code == line.code) > UNITS.get(line.code, 10**9):
            yield "MUE", "violation", line.subject
        if line.code in ADDONS and INITIAL.isdisjoint(other.code for other in beside):
            yield "AOC_NO_PRIMARY", "violation", line.subject
        yield from evaluation(line, beside)


def denied(line: Line, codes: set[str]) -> bool:
    return (
        (line.code == "20560" and "20561" in codes)
        or (line.code in ACUPUNCTURE and not NEEDLING.isdisjoint(codes))
        or (line.code == "97810" and "97813" in codes)
        or (
            line.code in NEEDLING
            and not {"20552", "20553"}.isdisjoint(codes)
            and not line.carries("59", "XE", "XS", "XP", "XU")
        )
    )


def evaluation(line: Line, beside: list[Line]) -> Iterator[Found]:
    codes = {other.code for other in beside}
    bare = {other.code for other in beside if not other.carries("25")}
    if line.code in NEEDLING and not ESTABLISHED.isdisjoint(bare):
        yield "MOD25_MISSING", "violation", line.subject
    if line.carries("25"):
        return
    if line.code in NEW and not NEEDLING.isdisjoint(codes):
        yield "MOD25_MISSING", "warning", line.subject
    if line.code == "99211" and not NEEDLING.isdisjoint(codes):
        yield "MOD25_MISSING", "violation", line.subject
    if line.code in {*NEW, "99211", *ESTABLISHED} and not ACUPUNCTURE.isdisjoint(codes):
        yield "MOD25_MISSING", "violation", line.subject


def modifiers(patient: Patient) -> Iterator[Found]:
    for line in patient.ncd:
        if line.carries("50"):
            yield "MOD50_NO_EFFECT", "warning", line.subject
        advantage = line.claim.payer == "medicare_advantage"
        both = line.carries("KX") and line.carries("GA", "GZ", "GY")
        if both or line.carries("GY") or (advantage and line.carries("GA")):
            yield "MOD_CONFLICT", "warning", line.subject
