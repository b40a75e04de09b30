-- audit: a document whose name ends in a day was published on that day, if its day of publication is documented
-- table: raw.documents
-- note: a letter after the day, as in `-2024-01-12-b`, distinguishes documents of one day
select file || ':' || line as at, document, published_on
from raw.documents
where published_precision = 'day'
    and regexp_matches(document, '-\d{4}-\d\d-\d\d(-[a-z])?$')
    and regexp_extract(document, '-(\d{4}-\d\d-\d\d)(-[a-z])?$', 1) <> published_on::varchar
