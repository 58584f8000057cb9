SELECT
    count(*) AS mails,
    CAST(count(*) FILTER (WHERE degree = 'soft-bounced') AS DOUBLE) / nullif(count(*), 0)
        AS redelivered,
    avg(attempts) FILTER (WHERE degree = 'soft-bounced') AS attempts
FROM mails
WHERE array_has(types, 'T5')
