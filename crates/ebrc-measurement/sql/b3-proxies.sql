SELECT
    proxy,
    days AS blocked_on,
    CAST(days AS DOUBLE) / all_days AS share
FROM
    (
        SELECT proxy, count(DISTINCT day) AS days
        FROM refusals
        WHERE blocklist = $blocklist AND proxy IS NOT NULL
        GROUP BY proxy
    ),
    (SELECT count(DISTINCT day) AS all_days FROM mails)
ORDER BY days DESC, proxy
