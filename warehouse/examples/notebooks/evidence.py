"""Follow one figure to the documents that give it, as a marimo notebook to copy and change.

`marimo edit warehouse/examples/notebooks/evidence.py` opens it, `python warehouse/examples/notebooks/evidence.py` runs it.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App()


@app.cell
def _():
    from warehouse.connect import query

    return (query,)


@app.cell
def _(query):
    figure = query(
        "select year(period_start) as year, exporter, value_usd, evidence from charts.bilateral_trade "
        "where frequency = 'annual' and is_headline and exporter = 'CHN' order by year desc limit 1"
    )
    return (figure,)


@app.cell
def _(figure, query):
    ids = ", ".join(f"'{evidence_id}'" for evidence_id in figure["evidence"][0])
    documents = query(f"select publisher, title, published_on, as_printed, url, is_primary from core.evidence where evidence_id in ({ids})")
    documents
    return (documents,)


if __name__ == "__main__":
    app.run()
