SELECT
    CASE WHEN bandwidth(country) < $fast_bandwidth THEN 'slow' ELSE 'fast' END AS internet,
    count(DISTINCT country) AS countries,
    count(*) AS mails,
    avg(latency_ms) / 1000 AS mean_seconds,
    sketched_median(latency_ms) / 1000 AS median_seconds
FROM mails
WHERE latency_ms IS NOT NULL
    AND country IN (SELECT country FROM big_countries)
    AND bandwidth(country) IS NOT NULL
GROUP BY internet
ORDER BY internet
