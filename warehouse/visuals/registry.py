"""Register the functions that draw datasets."""

import importlib
import pkgutil
from collections.abc import Callable

from schemas import registry
from schemas.errors import Unusable

DRAWN: dict[str, Callable] = {}
IN_UNITS: dict[str, dict[str, Callable]] = {}  # of the datasets that are drawn in other units too


def visual(draw: Callable) -> Callable:
    """Register a function as the visual of the dataset of the same name.

    Raises:
        Unusable: no chart table has that name.
    """
    name = draw.__name__
    if f"charts.{name}" not in registry.MODELED:
        raise Unusable(f"{draw.__module__}.{name} draws no dataset: give it the name of a chart table, or declare charts.{name} in schemas")
    DRAWN[name] = draw
    return draw


def in_unit(dataset: str, unit: str) -> Callable[[Callable], Callable]:
    """Register a function that draws a dataset in another unit; `unit` is a part of the names of its files."""

    def register(draw: Callable) -> Callable:
        IN_UNITS.setdefault(dataset, {})[unit] = draw
        return draw

    return register


def drawings() -> dict[str, Callable]:
    """Return the visuals of all modules of this package by dataset, in the order of the datasets' declarations."""
    package = __package__
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        importlib.import_module(f"{package}.{module.name}")
    declared = [table.removeprefix("charts.") for table in registry.MODELED]
    return {name: DRAWN[name] for name in sorted(DRAWN, key=declared.index)}


def units(dataset: str) -> list[str]:
    """Return the other units that a dataset is drawn in, sorted by name."""
    drawings()  # imports the modules
    return sorted(IN_UNITS.get(dataset, {}))


def drawing(dataset: str, unit: str = "") -> Callable:
    """Return the function that draws a dataset, in its own unit or in another one."""
    return IN_UNITS[dataset][unit] if unit else drawings()[dataset]
