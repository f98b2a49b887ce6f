"""`ncd-audit diff`: the same records under two policies, and which verdicts differ between them."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated

import typer

from local.arguments import AsJson, AsOf, day, histories, tell_refused, today
from local.audit_command import Mapped, Paths
from local.comparing import Told, compare
from local.named_policy import CURRENT, NamedPolicy, named
from local.reading import STANDARD_INPUT
from local.show import screen
from local.show_difference import as_document, shown

SAME, DIFFERENT = 0, 1
_TWO = 2

Two = Annotated[
    list[str],
    typer.Option(
        "--policy",
        metavar="POLICY",
        help="First the old, then the new: current, a folder or file of TOML, or either 'with SETTING=VALUE,...'. "
        "One alone is the new one.",
    ),
]


def diff(  # noqa: PLR0913, PLR0917 - Typer makes options of them
    paths: Paths,
    policy: Two,
    known: Annotated[
        date | None,
        typer.Option(
            "--known-on", parser=day, metavar="DATE", help="Only what had arrived by the end of this day (UTC)."
        ),
    ] = None,
    mapping: Mapped = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> int:
    """Say which verdicts change under another policy. How many, and for how much money. Status 1: some do."""
    old, new = _two(policy)
    told = _arrived(paths, known) if known or STANDARD_INPUT in paths else _kept(paths, (old, new), mapping)
    compared = compare(old, new, told, as_of or known or today(), known)
    tell_refused(compared.sums.after.conflicts, "ncd-audit audit")
    if as_json:
        print(json.dumps(as_document(compared), indent=2), flush=True)
    else:
        console = screen()
        for part in shown(compared):
            console.print(part)
    return DIFFERENT if compared.differences else SAME


def _arrived(files: list[str], known: date | None) -> Told:
    """Of streams, whose events say when they arrived."""
    return ((key, history.latest.values()) for key, history in sorted(histories(files, known).items()))


def _kept(paths: list[str], policies: Iterable[NamedPolicy], mapping: str | None) -> Told:
    """Of whatever `ncd-audit audit` reads."""
    from local.lookback.mapping import mapping_named
    from local.lookback.telling import told_in

    return told_in(paths, [policy.law for policy in policies], mapping_named(mapping) if mapping else None)


def _two(policies: list[str]) -> Iterator[NamedPolicy]:
    if len(policies) > _TWO:
        raise typer.BadParameter("name the old policy and the new one, no more", param_hint="--policy")
    return map(named, [CURRENT, *policies][-_TWO:])
