"""Make mistakes that look like figures: a wrong digit, a swapped pair, a shifted year, a doubled row.

Put mistakes of a person who copies or edits a file here, not damage that a check of types finds (`mutants`).
"""

import random
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from sources import snapshot
from tests.support.mutants import Mutant

Changed = tuple[pd.DataFrame, str] | None
PAIR = {"CHN", "RUS"}


class Plausible(NamedTuple):
    """A mistake, and the kinds of file in which it can be made."""

    kinds: tuple[str, ...]
    make: Callable[[pd.DataFrame, random.Random], Changed]


def generate(sources: Sequence[snapshot.Source], each: int, seed: int, names: Collection[str] = ()) -> Iterator[Mutant]:
    """Yield `each` different mutants of every mistake, or of those in `names`; the files of its kinds take turns."""
    rng = random.Random(seed)  # noqa: S311  # a repeatable sample, not a secret
    for name, mistake in MISTAKES.items():
        if names and name not in names:
            continue
        files = [f for s in sources for f in s.files if f.kind in mistake.kinds]
        frames = {f.name: snapshot.read(f) for f in files}
        seen: set[str] = set()
        for turn in range(20 * each):
            file = files[turn % len(files)]
            changed = mistake.make(frames[file.name], rng)
            if changed and f"{file.name} {changed[1]}" not in seen and len(seen) < each:
                seen.add(f"{file.name} {changed[1]}")
                yield Mutant(name, file, *changed)


def _line(frame: pd.DataFrame, rng: random.Random, where: pd.Series | None = None) -> int | None:
    """Return a random line; half of the time one about the pair, if the file has one."""
    lines = frame if where is None else frame[where]
    if {"reporter_iso3", "partner_iso3"} <= set(frame) and rng.random() < 0.5:
        pair = lines[lines["reporter_iso3"].isin(PAIR) & lines["partner_iso3"].isin(PAIR)]
        lines = pair if len(pair) else lines
    return rng.choice(lines.index.tolist()) if len(lines) else None


def _set(frame: pd.DataFrame, cells: dict[tuple[int, str], str | None]) -> Changed:
    changed = frame.copy()
    for (line, column), value in cells.items():
        changed.at[line, column] = value
    if changed.equals(frame):
        return None
    before = ", ".join(f"{line} {column} {frame.at[line, column]} -> {value}" for (line, column), value in cells.items())
    return changed, before


def _of_number(column: str, change: Callable[[float, random.Random], float]) -> Callable[[pd.DataFrame, random.Random], Changed]:
    def make(frame: pd.DataFrame, rng: random.Random) -> Changed:
        number = pd.to_numeric(frame[column], errors="coerce").fillna(0)
        line = _line(frame, rng, number != 0)
        if line is None:
            return None
        value = change(float(number[line]), rng)
        whole = column in ("personnel_total", "in_favour", "against", "abstained")
        return _set(frame, {(line, column): str(round(value)) if whole else f"{value:.15g}"})

    return make


def _digit(value: float, rng: random.Random) -> float:
    """Replace the first or second digit."""
    text = f"{abs(value):.15g}"
    place = rng.choice([i for i, c in enumerate(text) if c.isdigit()][:2])
    other = rng.choice([c for c in "123456789" if c != text[place]])
    return float(text[:place] + other + text[place + 1 :]) * (-1 if value < 0 else 1)


def _transposed(value: float, rng: random.Random) -> float:
    """Swap the first two digits, or the second and third."""
    text = f"{abs(value):.15g}".replace(".", "")
    place = rng.choice([0, 1])
    if len(text) < place + 2:
        return value
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return float(swapped) / float(text) * value


def _tenfold(value: float, rng: random.Random) -> float:
    return value * rng.choice([10, 0.1])


def _threefold(value: float, rng: random.Random) -> float:
    return value * rng.choice([3, 1 / 3])


FLOW = ["frequency", "period", "reporter_iso3", "partner_iso3", "is_partial"]


def flows_swapped(frame: pd.DataFrame, rng: random.Random) -> Changed:
    """Swap exports and imports of a period."""
    line = _line(frame, rng, frame["flow"] == "export")
    if line is None:
        return None
    same = (frame[FLOW] == frame.loc[line, FLOW]).all(axis=1) & (frame["flow"] == "import")
    if not same.any():
        return None
    other = frame.index[same][0]
    return _set(frame, {(line, "value"): frame.at[other, "value"], (other, "value"): frame.at[line, "value"]})


def period_before(frame: pd.DataFrame, rng: random.Random) -> Changed:
    """Give a period the figure of the period before."""
    line = _line(frame, rng)
    assert line is not None
    series = ["frequency", "reporter_iso3", "partner_iso3", "flow", "is_partial"]
    rows = frame[(frame[series] == frame.loc[line, series]).all(axis=1) & (frame["period"] < frame.at[line, "period"])]
    return _set(frame, {(line, "value"): rows.sort_values("period").iloc[-1]["value"]}) if len(rows) else None


def partners_swapped(frame: pd.DataFrame, rng: random.Random) -> Changed:
    """Swap the figures of two partners of one period."""
    line = _line(frame, rng)
    assert line is not None
    one = ["frequency", "period", "reporter_iso3", "flow", "document"]
    rows = frame[(frame[one] == frame.loc[line, one]).all(axis=1) & (frame.index != line)]
    if not len(rows):
        return None
    other = rng.choice(rows.index.tolist())
    return _set(frame, {(line, "value"): frame.at[other, "value"], (other, "value"): frame.at[line, "value"]})


def _choice(column: str, values: list[str] | None = None) -> Callable[[pd.DataFrame, random.Random], Changed]:
    """Put another value of the column, or of `values`, in a row."""

    def make(frame: pd.DataFrame, rng: random.Random) -> Changed:
        line = _line(frame, rng, frame[column].notna())
        others = sorted(set(values or frame[column].dropna()) - {frame.at[line, column]})
        return _set(frame, {(line, column): rng.choice(others)}) if others else None

    return make


def _moved(*columns: str, months: int) -> Callable[[pd.DataFrame, random.Random], Changed]:
    """Move all these days of a row by some months."""

    def make(frame: pd.DataFrame, rng: random.Random) -> Changed:
        line = _line(frame, rng, frame[columns[0]].notna())
        if line is None:
            return None
        step = pd.DateOffset(months=months * rng.choice([1, -1]))
        days = {c: frame.at[line, c] for c in columns if pd.notna(frame.at[line, c])}
        return _set(frame, {(line, c): (pd.Timestamp(day) + step).date().isoformat() for c, day in days.items()})

    return make


def entered_twice(frame: pd.DataFrame, rng: random.Random) -> Changed:
    """Repeat an exercise under another id and name, a day later."""
    line = _line(frame, rng, frame["date_precision"] == "day")
    copy = frame.loc[[line]].copy()
    copy["exercise_id"] += "-again"
    copy["name"] = copy["name"].str.replace("Joint", "Maritime").str.replace("Peace", "Peaceful") + " drill"
    for column in ("start_date", "end_date"):
        copy[column] = [(pd.Timestamp(d) + pd.Timedelta(days=1)).date().isoformat() if pd.notna(d) else d for d in copy[column]]
    changed = pd.concat([frame, copy])
    return changed.set_axis(pd.RangeIndex(2, len(changed) + 2)), f"{line} {frame.at[line, 'exercise_id']} again"


def lost(frame: pd.DataFrame, rng: random.Random) -> Changed:
    """Delete a row."""
    line = _line(frame, rng)
    changed = frame.drop(index=line)
    return changed.set_axis(pd.RangeIndex(2, len(changed) + 2)), f"{line} {' '.join(frame.loc[line].dropna().iloc[:4])} lost"


def participant(frame: pd.DataFrame, rng: random.Random) -> Changed:
    """Add a state to the participants of an exercise with others, or replace one."""
    line = _line(frame, rng, frame["format"] == "multilateral")
    states = frame.at[line, "participants"].split(";")
    new = rng.choice(sorted({"IRN", "IND", "PAK", "MNG", "KAZ", "BLR", "ZAF"} - set(states)))
    rest = states if rng.random() < 0.5 else [s for s in states if s in PAIR]
    return _set(frame, {(line, "participants"): ";".join(sorted([*rest, new]))})


def vote_moved(frame: pd.DataFrame, rng: random.Random) -> Changed:
    """Move a vote of a tally from one side to another."""
    line = _line(frame, rng, frame["in_favour"].notna() & frame["abstained"].notna())
    a, b = rng.sample(["in_favour", "against", "abstained"], 2)
    if not frame.at[line, b] or int(frame.at[line, b]) == 0:
        return None
    return _set(frame, {(line, a): str(int(frame.at[line, a]) + 1), (line, b): str(int(frame.at[line, b]) - 1)})


def vetoing_member(frame: pd.DataFrame, rng: random.Random) -> Changed:
    """Leave out one of two who vetoed, or add one."""
    line = _line(frame, rng, frame["vetoed_by"].str.contains("RUS|CHN"))
    names = frame.at[line, "vetoed_by"].split(";")
    after = names[:-1] if len(names) > 1 else sorted({*names, *PAIR})
    return _set(frame, {(line, "vetoed_by"): ";".join(after)})


def codes_swapped(frame: pd.DataFrame, rng: random.Random) -> Changed:
    """Swap the countries of two codes of a system."""
    line = _line(frame, rng)
    rows = frame[(frame["system"] == frame.at[line, "system"]) & (frame["iso3"] != frame.at[line, "iso3"])]
    other = rng.choice(rows.index.tolist())
    return _set(frame, {(line, "iso3"): frame.at[other, "iso3"], (other, "iso3"): frame.at[line, "iso3"]})


def between_products(frame: pd.DataFrame, rng: random.Random) -> Changed:
    """Move half of a chapter's dollars to another, so that the total stays."""
    chapters = frame["hs_code"].str.len() == 2
    line = _line(frame, rng, chapters)
    if line is None:
        return None
    one = ["year", "exporter_iso3", "importer_iso3", "document"]
    rows = frame[chapters & (frame[one] == frame.loc[line, one]).all(axis=1) & (frame.index != line)]
    other = rng.choice(rows.index.tolist())
    half = round(float(frame.at[line, "value_usd"]) / 2)
    values = {i: round(float(frame.at[i, "value_usd"])) for i in (line, other)}
    return _set(frame, {(line, "value_usd"): str(values[line] - half), (other, "value_usd"): str(values[other] + half)})


TRADE, DRILL, VETO = ("trade_flow",), ("exercise",), ("veto",)
MISTAKES = {
    "trade: a wrong digit": Plausible(TRADE, _of_number("value", _digit)),
    "trade: two digits transposed": Plausible(TRADE, _of_number("value", _transposed)),
    "trade: a factor of ten": Plausible(TRADE, _of_number("value", _tenfold)),
    "trade: exports and imports swapped": Plausible(TRADE, flows_swapped),
    "trade: the figure of the period before": Plausible(TRADE, period_before),
    "trade: two partners swapped": Plausible(TRADE, partners_swapped),
    "trade: another valuation": Plausible(TRADE, _choice("valuation", ["FOB", "CIF", "mixed"])),
    "product: dollars moved to another chapter": Plausible(("trade_by_product",), between_products),
    "product: a third or three times the tonnes": Plausible(("trade_by_product",), _of_number("quantity_tonnes", _threefold)),
    "energy: a wrong digit in the quantity": Plausible(("energy_volume",), _of_number("quantity", _digit)),
    "energy: a factor of ten in the quantity": Plausible(("energy_volume",), _of_number("quantity", _tenfold)),
    "indicator: a wrong digit": Plausible(("economy_indicator",), _of_number("value", _digit)),
    "indicator: a lost sign": Plausible(("economy_indicator",), _of_number("value", lambda value, rng: -value)),
    "exercise: entered twice": Plausible(DRILL, entered_twice),
    "exercise: another first sea": Plausible(DRILL, _choice("seas")),
    "exercise: another participant": Plausible(DRILL, participant),
    "exercise: a factor of ten in personnel": Plausible(DRILL, _of_number("personnel_total", _tenfold)),
    "exercise: a month earlier or later": Plausible(DRILL, _moved("start_date", "end_date", months=1)),
    "exercise: lost": Plausible(DRILL, lost),
    "veto: a vote on another side": Plausible(VETO, vote_moved),
    "veto: one more or fewer who vetoed": Plausible(VETO, vetoing_member),
    "veto: a month earlier or later": Plausible(VETO, _moved("vote_date", months=1)),
    "vote: another vote of a member": Plausible(("roll_call",), _choice("vote")),
    "membership: a spell a year earlier or later": Plausible(("membership",), _moved("start_date", "decision_date", months=12)),
    "membership: another status": Plausible(("membership",), _choice("status")),
    "reference: a chapter in another group": Plausible(("hs_chapter",), _choice("product_group")),
    "reference: two codes swapped": Plausible(("country_code",), codes_swapped),
    "reference: another rule of counting": Plausible(("counting_rule",), _choice("blocs_as_one", ["EUU", "ASN", "EUU;ASN"])),
    "reference: a member or state a year earlier or later": Plausible(("bloc_member",), _moved("member_from", months=12)),
    "reference: admission a year earlier or later": Plausible(("country",), _moved("un_member_from", months=12)),
}
