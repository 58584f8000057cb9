-- Summed in whole microseconds, so that the order of countries does not matter.
SELECT CAST(sum(CAST(difference * 1000000 AS BIGINT)) AS DOUBLE) / nullif(count(*), 0) / 1000000
    AS difference_seconds
FROM (
    SELECT max(median_seconds) - min(median_seconds) AS difference
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
)
