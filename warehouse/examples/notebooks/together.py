"""Draw trade, exercises and vetoes of the pair on one axis of years, as a marimo notebook to copy and change.

`marimo edit warehouse/examples/notebooks/together.py` opens it, `python warehouse/examples/notebooks/together.py` runs it.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App()


@app.cell
def _():
    import altair as alt

    from warehouse.connect import query

    return alt, query


@app.cell
def _(query):
    years = query(
        "select year, two_way_total_usd / 1e9 as bn_usd, military_exercises, joint_vetoes from views.dyad_year where year >= 2003 order by year"
    )
    return (years,)


@app.cell
def _(alt, years):
    base = alt.Chart(years).mark_bar().encode(x="year:O").properties(height=90)
    bars = [base.encode(y=alt.Y(name, type="quantitative")) for name in ("bn_usd", "military_exercises", "joint_vetoes")]
    chart = alt.vconcat(*bars).resolve_scale(x="shared")
    chart
    return (chart,)


if __name__ == "__main__":
    app.run()
