SELECT avg(difference) AS difference_seconds
FROM (
    SELECT max(median_seconds) - min(median_seconds) AS difference
    FROM (
        SELECT country, region, sketched_median(latency_ms) / 1000 AS median_seconds
        FROM mails
        WHERE latency_ms IS NOT NULL
            AND region IS NOT NULL
            AND country IN (SELECT country FROM big_countries)
        GROUP BY country, region
        HAVING count(*) >= 30
    )
    GROUP BY country
    HAVING count(*) > 1
)
