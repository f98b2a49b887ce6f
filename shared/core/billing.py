"""Claim lines side by side: one biller's lines of a date, and services billed twice (rules.md: same biller)."""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from datetime import date
from functools import cached_property
from itertools import chain

from shared.core.billed_line import BilledLine
from shared.core.record import PatientRecord

Biller = tuple[date, str, str]


def biller_of(billed: BilledLine) -> Biller:
    """The same biller: date of service, rendering NPI and claim type (of one patient)."""
    return billed.on, billed.line.rendering_npi, billed.claim.claim_type


class Billing:
    """The active lines since the NCD, grouped as code edits look at them."""

    def __init__(self, record: PatientRecord) -> None:
        self.lines = [billed for billed in record.lines if billed.on >= record.covered_from]

    @cached_property
    def duplicates(self) -> dict[BilledLine, BilledLine]:
        """Lines that repeat a line of another active claim, and that line: of two the later received is the copy."""
        services: defaultdict[object, list[BilledLine]] = defaultdict(list)
        for billed in chain.from_iterable(_several(self._billers.values())):
            line = billed.line
            services[biller_of(billed), line.procedure_code, line.units, tuple(sorted(line.modifiers))].append(billed)
        copies: dict[BilledLine, BilledLine] = {}
        for same in _several(services.values()):
            first = min(same, key=_received)
            copies.update((billed, first) for billed in same if billed.claim.claim_id != first.claim.claim_id)
        return copies

    @cached_property
    def _billers(self) -> dict[Biller, list[BilledLine]]:
        """Every line of each biller; most have one, which is nobody's duplicate and in no edit of pairs."""
        groups: defaultdict[Biller, list[BilledLine]] = defaultdict(list)
        for billed in self.lines:
            groups[biller_of(billed)].append(billed)
        return dict(groups)

    @cached_property
    def _by_biller(self) -> dict[Biller, list[BilledLine]]:
        if not self.duplicates:
            return self._billers
        single = {biller: [b for b in lines if b not in self.duplicates] for biller, lines in self._billers.items()}
        return {biller: lines for biller, lines in single.items() if lines}

    @cached_property
    def accompanied(self) -> dict[BilledLine, Sequence[BilledLine]]:
        """Lines beside which the same biller has another, each with all lines of that biller."""
        return {billed: group for group in _several(self._by_biller.values()) for billed in group}

    def beside(self, billed: BilledLine) -> Sequence[BilledLine]:
        """All lines of the same biller, duplicates left out: they are one service, not two."""
        if billed in self.accompanied:
            return self.accompanied[billed]
        return self._by_biller.get(biller_of(billed), ())

    def with_code(self, billed: BilledLine, codes: Container[str]) -> list[BilledLine]:
        return [other for other in self.beside(billed) if other.line.procedure_code in codes]

    @cached_property
    def codes_by_date(self) -> dict[date, set[str]]:
        codes: defaultdict[date, set[str]] = defaultdict(set)
        for billed in self.lines:
            codes[billed.on].add(billed.line.procedure_code)
        return dict(codes)


def _several(groups: Iterable[list[BilledLine]]) -> Iterable[list[BilledLine]]:
    return (group for group in groups if len(group) > 1)


def _received(billed: BilledLine) -> tuple[date, str]:
    return billed.claim.received_on, billed.claim.claim_id
