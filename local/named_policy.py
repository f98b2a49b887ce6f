"""A policy as an analyst names it: `current`, a folder or file of TOML, or `current with setting=value,...`.

A folder or file replaces the shipped law's settings by those it states, each with all its dates; what it does not
state is as shipped. `setting=value` holds on every date. Nothing that is named is passed over in silence.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError

from shared.core.errors import PolicyBroken
from shared.core.policy import FILES, Policies, policies
from shared.core.settings import SETTINGS

CURRENT = "current"
_WITH = " with "
_NEXT_SETTING = re.compile(r",(?=\s*\w+\s*=)")
_OF_THE_WHOLE = {"id", "title", "sources"}


@dataclass(frozen=True)
class NamedPolicy:
    name: str
    law: Policies


def named(name: str) -> NamedPolicy:
    """The law under that name; whatever is wrong with it is said in one line."""
    base, _, changes = name.partition(_WITH)
    if not changes and "=" in base and not Path(base).exists():
        base, changes = CURRENT, base
    try:
        return NamedPolicy(name, _changed(_based_on(base.strip()), changes))
    except ValidationError as error:
        raise _refused(name, _said_of(error)) from None
    except (PolicyBroken, OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
        raise _refused(name, str(error)) from None


def _refused(name: str, why: str) -> typer.BadParameter:
    return typer.BadParameter(f"policy {name!r}: {why}", param_hint="--policy")


def _based_on(base: str) -> Policies:
    if base == CURRENT:
        return policies()
    stated = [tomllib.loads(path.read_bytes().decode()) for path in _files(Path(base))]
    sources = {key: source for part in stated for key, source in part.get("sources", {}).items()}
    document: dict[str, Any] = {**policies().document}
    for part in stated:
        _check(part, {**document["sources"], **sources})
        document |= part
    return Policies({**document, "sources": {**policies().document["sources"], **sources}})


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise PolicyBroken(f"there is no such folder or file; write {CURRENT}, a path, or setting=value")
    if not path.is_dir():
        return [path]
    found = [path / name for name in FILES if (path / name).is_file()]
    if not found:
        raise PolicyBroken(f"the folder holds none of {', '.join(FILES)}")
    return found


def _check(part: Mapping[str, Any], sources: Mapping[str, Any]) -> None:
    for name, entries in part.items():
        if name in _OF_THE_WHOLE:
            continue
        _known(name)
        tables = entries if isinstance(entries, list) else [entries]
        for entry in tables:
            if not isinstance(entry, dict) or not isinstance(entry.get("from"), date):
                raise PolicyBroken(f"{name} is to be written as [[{name}]] with a date in `from`")
            if entry.get("source") not in sources:
                raise PolicyBroken(f"{name} names a source that is not under [sources]")


def _changed(law: Policies, changes: str) -> Policies:
    if not changes.strip():
        return law
    return law.changed(**dict(map(_setting, _NEXT_SETTING.split(changes))))


def _setting(change: str) -> tuple[str, Any]:
    name, equals, value = (part.strip() for part in change.partition("="))
    if not equals or not value:
        raise PolicyBroken(f"{change.strip()!r} is no setting=value")
    _known(name)
    return name, _value(value)


def _value(text: str) -> Any:
    """As TOML has it; a word needs no quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _known(name: str) -> None:
    if name not in SETTINGS:
        close = get_close_matches(name, SETTINGS, n=3, cutoff=0)
        raise PolicyBroken(f"there is no setting {name}; the closest are {', '.join(close)}")


def _said_of(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(step) for step in first["loc"])
    return f"{where}: {first['msg'].removeprefix('Value error, ')}"
