SELECT
    avg(latency_ms) FILTER (WHERE mbps < $fast_bandwidth) / 1000 AS slow_mean_seconds,
    sketched_median(latency_ms) FILTER (WHERE mbps < $fast_bandwidth) / 1000
        AS slow_median_seconds,
    avg(latency_ms) FILTER (WHERE mbps >= $fast_bandwidth) / 1000 AS fast_mean_seconds,
    sketched_median(latency_ms) FILTER (WHERE mbps >= $fast_bandwidth) / 1000
        AS fast_median_seconds
FROM (
    SELECT latency_ms, bandwidth(country) AS mbps
    FROM mails
    WHERE latency_ms IS NOT NULL AND country IN (SELECT country FROM big_countries)
)
