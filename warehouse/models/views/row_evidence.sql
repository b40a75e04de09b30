-- view: Every figure behind every chart row: dataset and key on the left, publisher and document on the right
-- dataset: Table in schema charts
-- row_key: The row's key, values joined by blanks, as `dyad trace` takes it
-- evidence_id: Id of the figure in core.evidence
-- publisher: Who published the document the figure was read in
-- title: Title of the document
-- url: Address of the document
-- published_on: Day the figure became known through this document
-- locator: Where in the snapshot the figure stands: file and line or lines
-- licence: Licence or terms of the source's figures
with
cited as (
    select 'bilateral_trade' as dataset, concat_ws(' ', dyad, frequency, period_start, exporter, basis) as row_key, unnest(evidence) as evidence_id
    from charts.bilateral_trade
    union all
    select 'bloc_membership', concat_ws(' ', dyad, bloc, iso3, as_of), unnest(evidence) from charts.bloc_membership
    union all
    select 'claims', concat_ws(' ', dyad, claim_id), unnest(evidence) from charts.claims
    union all
    select 'joint_exercises', concat_ws(' ', dyad, year, category, format), unnest(evidence) from charts.joint_exercises
    union all
    select 'naval_drills', concat_ws(' ', dyad, exercise_id), unnest(evidence) from charts.naval_drills
    union all
    select 'security_council_vetoes', concat_ws(' ', dyad, draft_symbol), unnest(evidence) from charts.security_council_vetoes
    union all
    select 'trade_composition', concat_ws(' ', dyad, year, exporter, hs_chapter), unnest(evidence) from charts.trade_composition
    union all
    select 'trade_dependence', concat_ws(' ', dyad, year, country, rule), unnest(evidence) from charts.trade_dependence
)
select c.dataset, c.row_key, c.evidence_id, e.publisher, e.title, e.url, e.published_on, e.locator, e.licence
from cited as c
join core.evidence as e on e.evidence_id = c.evidence_id  -- one: its key
