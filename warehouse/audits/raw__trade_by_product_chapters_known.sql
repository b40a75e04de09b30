-- audit: every HS code belongs to a chapter listed in raw.hs_chapter
-- table: raw.trade_by_product
select f.file || ':' || f.line as at, p.hs_code
from raw.trade_by_product as p
join raw.figure_line as f on f.evidence_id = p.evidence_id
where p.hs_code <> 'TOTAL' and left(p.hs_code, 2) not in (select hs_chapter from raw.hs_chapter)
