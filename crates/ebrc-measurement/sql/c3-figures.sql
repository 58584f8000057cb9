-- Summed in whole microseconds, so that the order of countries does not matter.
SELECT CAST(sum(CAST(difference * 1000000 AS BIGINT)) AS DOUBLE) / nullif(count(*), 0) / 1000000
    AS difference_seconds
FROM (
    SELECT max(median_seconds) - min(median_seconds) AS difference
    FROM region_latency
    GROUP BY country
    HAVING count(*) > 1
)
