"""Draw the number of claims by verdict, on the text's day and on the release's, as a marimo notebook to copy and change.

`marimo edit warehouse/examples/notebooks/claims.py` opens it, `python warehouse/examples/notebooks/claims.py` runs it.
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
    claims = query("select claim_id, claim, verdict, verdict_today, value_found, value_today from charts.claims order by claim_id")
    verdicts = claims.melt("claim_id", ["verdict", "verdict_today"], "day", "decided")
    return (
        claims,
        verdicts,
    )


@app.cell
def _(alt, verdicts):
    bars = alt.Chart(verdicts, title="Claims by verdict, on the text's day and on the release's day").mark_bar()
    chart = bars.encode(x="count():Q", y="decided:N", color="day:N", yOffset="day:N", tooltip=["decided", "day", "count()"])
    chart
    return (chart,)


if __name__ == "__main__":
    app.run()
