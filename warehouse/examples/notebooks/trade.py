"""Draw what each state sells the other, as a marimo notebook to copy and change.

`marimo edit warehouse/examples/notebooks/trade.py` opens it, `python warehouse/examples/notebooks/trade.py` runs it.
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
    trade = query(
        "select year(period_start) as year, exporter, value_usd / 1e9 as bn_usd, basis from charts.bilateral_trade "
        "where frequency = 'annual' and is_headline and value_usd is not null order by all"
    )
    return (trade,)


@app.cell
def _(alt, trade):
    lines = alt.Chart(trade, title="What each sells the other, bn US dollars").mark_line(point=True)
    chart = lines.encode(x="year:O", y="bn_usd:Q", color="exporter:N", tooltip=["year", "exporter", "bn_usd", "basis"])
    chart
    return (chart,)


if __name__ == "__main__":
    app.run()
