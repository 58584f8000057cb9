SELECT
    m.mean_seconds,
    m.median_seconds,
    c.under_30_seconds
FROM
    (
        SELECT
            avg(latency_ms) / 1000 AS mean_seconds,
            sketched_median(latency_ms) / 1000 AS median_seconds
        FROM mails
        WHERE latency_ms IS NOT NULL AND country IN (SELECT country FROM big_countries)
    ) AS m,
    (
        SELECT
            CAST(count(*) FILTER (WHERE median_seconds < 30) AS DOUBLE) / nullif(count(*), 0)
                AS under_30_seconds
        FROM (
            SELECT country, sketched_median(latency_ms) / 1000 AS median_seconds
            FROM mails
            WHERE latency_ms IS NOT NULL AND country IN (SELECT country FROM big_countries)
            GROUP BY country
        )
    ) AS c
