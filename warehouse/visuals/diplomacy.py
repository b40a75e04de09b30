"""Draw the world map of BRICS and the SCO."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

import altair as alt
import duckdb

from warehouse.visuals import forms, maps, style
from warehouse.visuals.forms import Drawing, data
from warehouse.visuals.maps import Area
from warehouse.visuals.pair import Pair, ask, dataset_rows
from warehouse.visuals.registry import visual

LESSER = "Lesser standing in "
MEMBER_OF_BOTH, FILLS, TINTS, TINT_OF_BOTH = forms.INDIGO, [forms.VERMILLION, forms.BLUE], ["#f6c8a2", "#a8d2ec"], "#cbbade"


@visual
def bloc_membership(con: duckdb.DuckDBPyConnection, pair: Pair, size: Any) -> Drawing:
    """Draw a world map of the countries' standings in the blocs, and list the names by standing."""
    rows = dataset_rows(con, "bloc_membership", pair, "country_name, iso3, bloc")
    if not rows:
        return Drawing(f"Blocs of {pair.both}: nothing to draw")
    day = max(row["as_of"] for row in rows)
    rows = [row for row in rows if row["as_of"] == day]
    blocs = sorted({row["bloc"] for row in rows})
    countries: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        countries.setdefault(row["iso3"], []).append(row)
    classes = {iso3: _class(mine, blocs) for iso3, mine in countries.items()}
    areas = {iso3: _area(mine, classes[iso3]) for iso3, mine in countries.items()}
    return Drawing(
        _blocs_title(rows, blocs, pair),
        alt.vconcat(maps.world(con, areas, {pair.iso3_a, pair.iso3_b}), _names(countries, classes), spacing=10),
        " ".join(f"{name}: {style.listed([_listed_as(countries[i], name) for i in of])}." for name, of in _by_class(classes).items()),
        f"Countries by standing on {style.day(day)}{_verified(con, rows, day)}.",
        notes=_bloc_notes(con, rows, classes),
        rows=rows,
    )


def _bloc_notes(con: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]], classes: dict[str, tuple[int, str, str]]) -> list[str]:
    on_map = {row["iso3"] for row in ask(con, "select iso3 from core.country_shape where iso3 is not null")}
    missing = list({row["iso3"]: row["country_name"] for row in rows if row["iso3"] not in on_map}.values())
    notes = (
        ["*: sources disagree about the standing; hatched on the map where it gives the colour."]
        if any(row["is_disputed"] for row in rows)
        else []
    )
    lesser = any(row["status"] == "partner" for row in rows if classes[row["iso3"]][1].startswith(LESSER))
    notes += ["Lesser standings without a word in brackets: partner."] if lesser else []
    notes += [f"Not on the map: {style.listed(missing)}."] if missing else []
    notes += ["Strong outline: the two states. Boundaries as Natural Earth draws them; small countries are circles."]
    notes += [f"{area.name}, hatched in neither's colour: {area.reason}." for area in maps.DISPUTED]
    return notes


def _verified(con: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]], day: dt.date) -> str:
    """Return `, as last verified on 30 September 2025` if a bloc's source covers it only up to a day before the map's."""
    blocs = sorted({row["bloc"] for row in rows})
    verified = {bloc: _covered_until(con, [row for row in rows if row["bloc"] == bloc]) for bloc in blocs}
    days = sorted({until for until in verified.values() if until and until < day})
    each = [(until, [bloc for bloc in blocs if verified[bloc] == until]) for until in days]
    if len(each) == 1 and each[0][1] == blocs:
        return f", as last verified on {style.day(each[0][0])}"
    return "".join(f", {style.listed(of)} as last verified on {style.day(until)}" for until, of in each)


def _covered_until(con: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]]) -> dt.date | None:
    """Return the last day that every source of these rows covers."""
    (last,) = ask(
        con,
        "select min(s.coverage_last) as day from (select unnest(?::varchar[]) as evidence_id) "
        "join core.evidence as e using (evidence_id) join catalog.source as s using (source)",
        style.union(rows),
    )
    return last["day"]


def _blocs_title(rows: Sequence[dict[str, Any]], blocs: Sequence[str], pair: Pair) -> str:
    counts = {row["bloc"]: row["member_count"] for row in rows}
    disputed = {bloc: [row["country_name"] for row in rows if row["bloc"] == bloc and row["is_disputed_member"]] for bloc in blocs}
    sizes = style.listed([f"{bloc} has {counts[bloc]} members{_or_with(disputed[bloc], counts[bloc])}" for bloc in blocs])
    if len(blocs) > 1 and len(set(counts.values())) == 1 and not any(disputed.values()):
        sizes = f"{style.listed(blocs)} have {counts[blocs[0]]} members each"
    memberships = {
        iso3: [row["bloc"] for row in rows if row["iso3"] == iso3 and row["status"] == "member" and not row["is_disputed"]]
        for iso3 in (pair.iso3_a, pair.iso3_b)
    }
    a, b = memberships[pair.iso3_a], memberships[pair.iso3_b]
    if a == b:
        return f"{sizes}; {pair.both} {_belong(a, blocs, '')}"
    return f"{sizes}; {pair.the_a} {_belong(a, blocs, 's')}, {pair.the_b} {_belong(b, blocs, 's')}"


def _or_with(disputed: Sequence[str], count: int) -> str:
    """Name the countries that only some sources count as members."""
    return f" ({count + len(disputed)} with {style.listed(list(disputed))}, which is disputed)" if disputed else ""


def _belong(member: Sequence[str], blocs: Sequence[str], ending: str) -> str:
    if len(blocs) == 1:
        return f"belong{ending} to it" if member else f"stand{ending} outside"
    return f"belong{ending} to " + {0: "neither", len(blocs): "both"}.get(len(member), style.listed(member))


def _class(mine: Sequence[dict[str, Any]], blocs: Sequence[str]) -> tuple[int, str, str]:
    """Return position in the legend, name of the standing, and fill."""
    member = [row["bloc"] for row in mine if row["status"] == "member"]
    if len(member) > 1:
        return 0, f"Members of {style.listed(member)}", MEMBER_OF_BOTH
    if member:
        place = blocs.index(member[0])
        return 1 + place, f"Members of {member[0]}", FILLS[place]
    if len(mine) > 1:
        return 5, f"{LESSER}{style.listed([row['bloc'] for row in mine])}", TINT_OF_BOTH
    place = blocs.index(mine[0]["bloc"])
    return 3 + place, f"{LESSER}{mine[0]['bloc']}", TINTS[place]


def _area(mine: Sequence[dict[str, Any]], kind: tuple[int, str, str]) -> Area:
    fields = {
        "country": mine[0]["country_name"],
        "standing": "; ".join(f"{r['bloc']}: {_status(r)} since {style.day(r['since'])}" for r in mine),
        **forms.stands_for(mine),
    }
    return Area(kind[2], any(row["is_disputed"] for row in _giving(mine)), mine[0]["country_name"] if kind[0] < 3 else None, fields)


def _giving(mine: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Return the standings that determine a country's class: its memberships, or all standings if it has none."""
    return [row for row in mine if row["status"] == "member"] or mine


def _status(row: dict[str, Any]) -> str:
    return row["status"].replace("_", " ") + (", disputed" if row["is_disputed"] else "")


def _listed_as(mine: Sequence[dict[str, Any]], name: str) -> str:
    """Return a country's entry in the list of its class: other standings in brackets, an asterisk after a disputed one."""
    several = len(mine) > 1
    beside = [row for row in mine if (row["status"] != "member" if name.startswith("Members") else several or row["status"] != "partner")]
    words = [f"{row['bloc']} {_word(row)}" if several else _word(row) for row in beside]
    star = "*" if any(row["is_disputed"] for row in mine if row not in beside) else ""
    return mine[0]["country_name"] + star + (f" ({', '.join(words)})" if words else "")


def _word(row: dict[str, Any]) -> str:
    return row["status"].replace("_", " ") + ("*" if row["is_disputed"] else "")


def _by_class(classes: dict[str, tuple[int, str, str]]) -> dict[str, list[str]]:
    """Group the countries by class, in the legend's order."""
    return {kind[1]: [iso3 for iso3, mine in classes.items() if mine == kind] for kind in sorted(set(classes.values()))}


def _names(countries: dict[str, list[dict[str, Any]]], classes: dict[str, tuple[int, str, str]]) -> style.Layers:
    """Draw the legend with the countries' names: a swatch, the class and its members."""
    lines, swatches, y = [], [], 0
    for kind, members in _by_class(classes).items():
        fill = next(c[2] for c in classes.values() if c[1] == kind)
        swatches.append({"y": y + 10, "fill": fill})
        lines.append({"y": y + 10, "text": f"{kind} ({len(members)})", "bold": True})
        y += 19
        for line in style.wrap(", ".join(_listed_as(countries[i], kind) for i in members), forms.SMALL, forms.WIDTH - 24):
            lines.append({"y": y + 9, "text": line, "bold": False})
            y += 17
        y += 5
    scale = alt.Y("y:Q", scale=alt.Scale(domain=[0, y], reverse=True), axis=None)
    weights: list[tuple[bool, float, Literal["bold", "normal"]]] = [(True, forms.LABEL, "bold"), (False, forms.SMALL, "normal")]
    texts = [
        alt.Chart(data([line for line in lines if line["bold"] is bold]))
        .mark_text(align="left", fontSize=size, fontWeight=weight, tooltip=None).encode(x=alt.value(24), y=scale, text="text:N")
        for bold, size, weight in weights
    ]  # fmt: skip
    swatch = (
        alt.Chart(data(swatches))
        .mark_square(size=190, opacity=1, tooltip=None)
        .encode(x=alt.value(9), y=scale, color=alt.Color("fill:N", scale=None))
    )
    return alt.layer(swatch, *texts).properties(width=forms.WIDTH, height=y)
