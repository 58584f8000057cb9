SELECT
    count(*) AS bounced,
    count(*) FILTER (WHERE cardinality(types) = 0) AS ambiguous,
    count(*) FILTER (WHERE cardinality(types) > 0) AS typed,
    CAST(count(*) FILTER (WHERE cardinality(types) = 0) AS DOUBLE) / nullif(count(*), 0)
        AS ambiguous_share
FROM mails
WHERE degree <> 'non-bounced'
