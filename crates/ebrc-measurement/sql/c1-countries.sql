SELECT
    country,
    count(*) AS mails,
    avg(latency_ms) / 1000 AS mean_seconds,
    sketched_median(latency_ms) / 1000 AS median_seconds
FROM mails
WHERE latency_ms IS NOT NULL AND country IN (SELECT country FROM big_countries)
GROUP BY country
ORDER BY median_seconds, country
