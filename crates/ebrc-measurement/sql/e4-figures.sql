SELECT
    count(*) AS bounced,
    count(*) FILTER (WHERE cardinality(types) = 0) AS ambiguous,
    count(*) FILTER (WHERE cardinality(types) > 0) AS typed,
    CAST(count(*) FILTER (WHERE cardinality(types) = 0) AS DOUBLE) / nullif(count(*), 0)
        AS ambiguous_share,
    (
        SELECT count(*)
        FROM (
            SELECT DISTINCT template_id
            FROM refusals
            WHERE type = 'ambiguous' AND template_id IS NOT NULL
        )
    ) AS ambiguous_templates
FROM mails
WHERE degree <> 'non-bounced'
