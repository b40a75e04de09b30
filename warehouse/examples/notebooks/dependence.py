"""Draw how much of each state's trade is with the other, as a marimo notebook to copy and change.

`marimo edit warehouse/examples/notebooks/dependence.py` opens it, `python warehouse/examples/notebooks/dependence.py` runs it.
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
    shares = query(
        "select year, country, share_pct, rank, qualifications from charts.trade_dependence where rule = 'A' and is_headline and share_pct is not null order by all"
    )
    return (shares,)


@app.cell
def _(alt, shares):
    lines = alt.Chart(shares, title="Trade with the other state, percent of the country's trade").mark_line(point=True)
    chart = lines.encode(x="year:O", y="share_pct:Q", color="country:N", tooltip=["year", "country", "share_pct", "rank"])
    chart
    return (chart,)


if __name__ == "__main__":
    app.run()
