SELECT
    m.as_number,
    o.organisation,
    m.mails,
    CAST(m.hard AS DOUBLE) / m.mails AS hard_share,
    CAST(m.soft AS DOUBLE) / m.mails AS soft_share
FROM (
    SELECT
        as_number,
        count(*) AS mails,
        count(*) FILTER (WHERE degree = 'hard-bounced') AS hard,
        count(*) FILTER (WHERE degree = 'soft-bounced') AS soft
    FROM mails
    WHERE as_number IS NOT NULL
    GROUP BY as_number
) AS m
LEFT JOIN (
    SELECT as_number, min(organisation) AS organisation FROM servers GROUP BY as_number
) AS o ON m.as_number = o.as_number
ORDER BY m.mails DESC, m.as_number
LIMIT $top_rows
