"""Register the functions that draw datasets."""

import importlib
import pkgutil
from collections.abc import Callable

from schemas import registry
from schemas.errors import Unusable

DRAWN: dict[str, dict[str, Callable]] = {}  # by dataset and unit; the dataset's own unit has no name


def visual(draw: Callable) -> Callable:
    """Register a function as the visual of the dataset of the same name.

    Raises:
        Unusable: no chart table has that name.
    """
    name = draw.__name__
    if f"charts.{name}" not in registry.MODELED:
        raise Unusable(f"{draw.__module__}.{name} draws no dataset: give it the name of a chart table, or declare charts.{name} in schemas")
    return in_unit(name, "")(draw)


def in_unit(dataset: str, unit: str) -> Callable[[Callable], Callable]:
    """Register a function that draws a dataset in another unit or view; `unit` is a part of the names of its files."""

    def register(draw: Callable) -> Callable:
        DRAWN.setdefault(dataset, {})[unit] = draw
        return draw

    return register


def drawings() -> list[str]:
    """Import all modules of this package, and return the datasets that have a visual in the order of their declarations."""
    for module in pkgutil.iter_modules(importlib.import_module(__package__).__path__):
        importlib.import_module(f"{__package__}.{module.name}")
    return [name for table in registry.MODELED if (name := table.removeprefix("charts.")) in DRAWN]


def units(dataset: str) -> list[str]:
    """Return the other units that a dataset is drawn in, sorted by name."""
    return sorted(unit for unit in DRAWN[dataset] if unit) if dataset in drawings() else []


def drawing(dataset: str, unit: str = "") -> Callable:
    """Return the function that draws a dataset, in its own unit or in another one."""
    return DRAWN[dataset][unit]
