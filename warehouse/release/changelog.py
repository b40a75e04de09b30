"""Format the differences between two releases as sentences, and these as Markdown for `changes.md` and `dyad diff`."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from schemas import registry, render
from warehouse.release.diff import KINDS, TIERS, Change, counted

LISTED = 50  # changes of one kind in a dataset that are printed; `catalog.change` has all
ROWS = {
    "bilateral_trade": ("figure of trade", "figures of trade"),
    "bloc_membership": ("status in a bloc", "statuses in blocs"),
    "claims": ("claim", "claims"),
    "joint_exercises": ("count of exercises", "counts of exercises"),
    "naval_drills": ("drill at sea", "drills at sea"),
    "security_council_vetoes": ("veto", "vetoes"),
    "trade_composition": ("figure of a product chapter", "figures of product chapters"),
    "trade_dependence": ("share of trade", "shares of trade"),
}
FOLLOWS_NONE = (
    "This release follows no other: when it was built, its home had none that shared a dyad and was of the same or an earlier day."
)
BILLION, MILLION = 1e9, 1e6


class Sentence(NamedTuple):
    """A change in words, or the count of added or removed rows of a dataset with a line for each row."""

    text: str
    rows: list[str]


def markdown(changes: Sequence[Change], before: str | None) -> str:
    """Return what differs between the releases, the counts by dataset, then the changes by tier, the most severe first."""
    if before is None:
        return f"# Changes\n\n{FOLLOWS_NONE}\n"
    lines = [f"# Changes since {before}", ""]
    for tier, heading in TIERS.items():
        if tier == "verdict":  # the tier `scope` comes before the counts
            lines += _counts(changes)
        if of_tier := [c for c in changes if c.tier == tier]:
            lines += [f"## {heading}", "", *(line for sentence in sentences(of_tier) for line in _bullets(sentence)), ""]
    return "\n".join(lines)


def _counts(changes: Sequence[Change]) -> list[str]:
    rows = [f"| {dataset} | " + " | ".join(map(str, counts)) + " |" for dataset, *counts in counted(changes)]
    if not rows:
        pairs = [c for c in changes if (c.dataset, c.column) == ("release", "pairs")]
        if any(set(str(c.before).split()).isdisjoint(str(c.after).split()) for c in pairs):
            return ["The releases have no pair in common, so no rows were compared.", ""]
        return [f"No row of {'the pairs in both releases' if pairs else 'any dataset'} changed.", ""]
    return [f"| dataset | {' | '.join(KINDS)} |", "|---|---|---|---|", *rows, ""]


def _bullets(sentence: Sentence) -> list[str]:
    return [f"- {sentence.text}", *(f"  - {row}" for row in sentence.rows)]


def sentences(changes: Sequence[Change]) -> Iterator[Sentence]:
    """Yield a sentence for each changed value, and one for all added or all removed rows of a dataset."""
    for (dataset, change), group in groupby(changes, key=lambda c: (c.dataset, c.change)):
        same = list(group)
        more = [f"and {len(same) - LISTED} more: `from catalog.change`"] if len(same) > LISTED else []
        if same[0].tier == "scope" or change == "changed":
            yield from (Sentence(text, []) for text in [*(_in_words(c) for c in same[:LISTED]), *more])
        else:
            one, many = ROWS.get(dataset, ("row", "rows"))
            rows = [c.key + (f": {_value(c, c.after or c.before)}" if c.after or c.before else "") for c in same[:LISTED]]
            yield Sentence(f"{len(same)} {one if len(same) == 1 else many} {'was' if len(same) == 1 else 'were'} {change}:", rows + more)


def _in_words(c: Change) -> str:
    return about(c) if c.tier == "scope" else _changed(c)


def _changed(c: Change) -> str:
    column = (c.column or "").removesuffix("_usd").removesuffix("_pct").replace("_", " ")
    return f"{c.dataset}, {c.key}: {column} is {_value(c, c.after)}; it was {_value(c, c.before)}"


def about(c: Change) -> str:
    """Return a sentence about a difference of two releases: in day, pairs or sources, or in the structure of a table."""
    if c.dataset == "release":
        return f"{c.column}: {c.after} (previously {c.before})" if c.change == "changed" else f"the source {c.key} was {c.change}"
    if c.column == "table":
        return f"the table {c.dataset} was {c.change}"
    how = f"changed from {c.before} to {c.after}" if c.change == "changed" else f"{c.change} ({c.after or c.before})"
    return f"{c.dataset}: the column {c.key} was {how}"


def _value(c: Change, text: str | None) -> str:
    """Return a value with its unit: dollars in billions or millions, per cent, or as it is."""
    if text is None:
        return "empty"
    units = {column.name: column.unit for column in render.columns(registry.MODELED[f"charts.{c.dataset}"])}
    unit = units.get(c.column or "")
    if unit == "USD":
        dollars = float(text)
        return f"{dollars / BILLION:.4g} bn USD" if abs(dollars) >= BILLION else f"{dollars / MILLION:.4g} m USD"
    return f"{float(text):.4g} %" if unit == "%" else text
