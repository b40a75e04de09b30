"""Write the changes since another release as Markdown, for `changes.md` and `dyad diff`."""

from collections.abc import Sequence

from warehouse.release.diff import KINDS, TIERS, Change, counted

LISTED = 100  # changes printed per tier; `catalog.change` has all


def markdown(changes: Sequence[Change], before: str | None) -> str:
    """Return the counts by dataset, then the changes by tier, the most severe first."""
    if before is None:
        return "# Changes\n\nThis is the first release of its home for these dyads.\n"
    lines = [f"# Changes since {before}", ""]
    if not changes:
        return "\n".join([*lines, "No row of any dataset changed.", ""])
    lines += [f"| dataset | {' | '.join(KINDS)} |", "|---|---|---|---|"]
    lines += [f"| {dataset} | " + " | ".join(map(str, counts)) + " |" for dataset, *counts in counted(changes)]
    for tier, heading in TIERS.items():
        if of_tier := [c for c in changes if c.tier == tier]:
            more = [f"- and {len(of_tier) - LISTED} more: `from catalog.change`"] if len(of_tier) > LISTED else []
            lines += ["", f"## {heading}", "", *map(_line, of_tier[:LISTED]), *more]
    return "\n".join([*lines, ""])


def _line(c: Change) -> str:
    text = c.change if c.change != "changed" else f"{c.column}: {c.before} → {c.after}"
    return f"- {c.dataset}, {c.key}: {text}"
