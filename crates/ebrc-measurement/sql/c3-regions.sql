SELECT country, region, mails, median_seconds
FROM region_latency
ORDER BY country, region
