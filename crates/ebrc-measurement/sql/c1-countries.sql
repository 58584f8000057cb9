SELECT
    country,
    count(latency_ms) AS mails,
    avg(latency_ms) / 1000 AS mean_seconds,
    sketched_median(latency_ms) / 1000 AS median_seconds
FROM mails
WHERE country IS NOT NULL
GROUP BY country
HAVING count(*) >= $country_min_mails AND count(latency_ms) > 0
ORDER BY median_seconds, country
