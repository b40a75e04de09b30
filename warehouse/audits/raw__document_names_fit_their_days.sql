-- audit: a document that is named after a day was published on that day, one that is named after a year not before it
-- table: raw.documents
-- note: where only the month is documented the day in the name may be another
select file || ':' || line as at, document, published_on
from raw.documents
where published_precision = 'day'
    and regexp_matches(document, '-\d{4}-\d\d-\d\d(-[a-z])?$')
    and regexp_extract(document, '-(\d{4}-\d\d-\d\d)(-[a-z])?$', 1) <> published_on::varchar
