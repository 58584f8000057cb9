SELECT
    country,
    min(median_seconds) AS fastest_seconds,
    max(median_seconds) AS slowest_seconds,
    max(median_seconds) - min(median_seconds) AS difference_seconds
FROM region_latency
GROUP BY country
HAVING count(*) > 1
ORDER BY difference_seconds DESC, country
