SELECT CAST(count(*) FILTER (WHERE degree = 'soft-bounced' AND array_has(types, 'T14')) AS DOUBLE)
    / nullif(count(*), 0) AS timed_out
FROM mails
WHERE degree <> 'non-bounced' AND cardinality(types) > 0
