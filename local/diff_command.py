"""`ncd-audit diff`: the same records under two policies, and which verdicts differ between them."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Annotated

import typer

from local.arguments import AsJson, AsOf, Files, day, histories, today
from local.comparing import compare
from local.named_policy import CURRENT, NamedPolicy, named
from local.show import screen
from local.show_difference import as_document, shown

SAME, DIFFERENT = 0, 1
_TWO = 2


def diff(
    files: Files,
    policy: Annotated[
        list[str],
        typer.Option(
            "--policy",
            metavar="POLICY",
            help="First the old, then the new: current, a folder or file of TOML, or either 'with SETTING=VALUE,...'. "
            "One alone is the new one.",
        ),
    ],
    known: Annotated[
        date | None,
        typer.Option(
            "--known-on", parser=day, metavar="DATE", help="Only what had arrived by the end of this day (UTC)."
        ),
    ] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> int:
    """Say which verdicts change under another policy, how many, and for how much money. Status 1: some do."""
    old, new = _two(policy)
    told = ((key, history.latest.values()) for key, history in sorted(histories(files, known).items()))
    compared = compare(old, new, told, as_of or known or today(), known)
    if as_json:
        print(json.dumps(as_document(compared), indent=2), flush=True)
    else:
        console = screen()
        for part in shown(compared):
            console.print(part)
    return DIFFERENT if compared.differences else SAME


def _two(policies: list[str]) -> Iterator[NamedPolicy]:
    if len(policies) > _TWO:
        raise typer.BadParameter("name the old policy and the new one, no more", param_hint="--policy")
    return map(named, [CURRENT, *policies][-_TWO:])
