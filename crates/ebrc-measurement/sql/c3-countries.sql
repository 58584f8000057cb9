SELECT
    country,
    min(median_seconds) AS fastest_seconds,
    max(median_seconds) AS slowest_seconds,
    max(median_seconds) - min(median_seconds) AS difference_seconds
FROM (
    SELECT country, region, sketched_median(latency_ms) / 1000 AS median_seconds
    FROM mails
    WHERE latency_ms IS NOT NULL
        AND region IS NOT NULL
        AND country IN (SELECT country FROM big_countries)
    GROUP BY country, region
    HAVING count(*) >= $region_min_mails
)
GROUP BY country
HAVING count(*) > 1
ORDER BY difference_seconds DESC, country
