"""Register the functions that draw datasets."""

import importlib
import pkgutil
from collections.abc import Callable

from schemas import registry
from schemas.errors import Unusable

DRAWN: dict[str, Callable] = {}


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


def drawings() -> dict[str, Callable]:
    """Return the visuals of all modules of this package by dataset, in the order of the datasets' declarations."""
    package = __package__
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        importlib.import_module(f"{package}.{module.name}")
    declared = [table.removeprefix("charts.") for table in registry.MODELED]
    return {name: DRAWN[name] for name in sorted(DRAWN, key=declared.index)}
