"""What takes the place of mutmut's trampoline: a mutated function is chosen once, not looked up at every call."""

import sys
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from mutmut.mutation import trampoline

Function = Callable[..., Any]
ORIGINAL = "_mutmut_orig"


class Switch:
    """One function of the core and its mutants, one of which is in use."""

    def __init__(self, module: str, mutants: dict[str, Any]) -> None:
        self.module, self._mutants = module, mutants
        self.used: Function | None = None

    def original(self) -> Function:
        return self._function(ORIGINAL)

    def use(self, name: str) -> None:
        self.used = self._function(name)

    def names(self) -> Iterable[str]:
        return (name for name in self._mutants if name != ORIGINAL)

    def _function(self, name: str) -> Function:
        chosen: Any = self._mutants[name]
        function: Function = getattr(chosen, "__func__", chosen)  # a class method is held bound
        return function


SWITCHES: list[Switch] = []


def switchable(mutants: dict[str, Any], is_classmethod: bool = False) -> Callable[[Function], Function]:  # noqa: ARG001, FBT001, FBT002 - mutmut's own signature
    def switched(function: Function) -> Function:
        switch = Switch(function.__module__, mutants)
        SWITCHES.append(switch)

        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            return (switch.used or function)(*args, **kwargs)

        return run

    return switched


def install() -> None:
    """Before anything of the core is imported."""
    trampoline.wrap_in_trampoline = switchable  # type: ignore[assignment] # only what mutmut generates calls it


def by_mutant() -> dict[str, tuple[Switch, str]]:
    return {f"{switch.module}.{name}": (switch, name) for switch in SWITCHES for name in switch.names()}


def watch(hit: Callable[[Switch], None]) -> None:
    """Have every function of the core say that it was called."""
    for switch in SWITCHES:
        switch.used = _watched(switch, hit)


def unwatch() -> None:
    for switch in SWITCHES:
        switch.used = switch.original()


def _watched(switch: Switch, hit: Callable[[Switch], None]) -> Function:
    original = switch.original()

    def run(*args: Any, **kwargs: Any) -> Any:
        hit(switch)
        return original(*args, **kwargs)

    return run


def forget() -> None:
    """Clear what the core remembers, so that a mutant is asked anew."""
    core = [module for name, module in sys.modules.items() if name.startswith("shared.core")]
    for value in [value for module in core for value in vars(module).values()]:
        if hasattr(value, "cache_clear"):
            value.cache_clear()
