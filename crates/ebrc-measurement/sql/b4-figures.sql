SELECT
    (
        SELECT count(*)
        FROM (SELECT DISTINCT receiver_domain FROM mails WHERE array_has(types, 'T6'))
    ) AS receiver_domains,
    (
        SELECT count(*)
        FROM (SELECT DISTINCT receiver_domain FROM mails WHERE names_greylisting)
    ) AS that_name_it,
    count(*) FILTER (WHERE array_has(types, 'T6')) AS mails,
    CAST(count(*) FILTER (WHERE array_has(types, 'T6')) AS DOUBLE)
        / nullif(count(*), 0) AS share
FROM mails
WHERE degree <> 'non-bounced' AND cardinality(types) > 0
