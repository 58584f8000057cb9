-- Medians by region and country.
SELECT
    country,
    region,
    count(*) AS mails,
    sketched_median(latency_ms) / 1000 AS median_seconds
FROM mails
WHERE latency_ms IS NOT NULL
    AND region IS NOT NULL
    AND country IN (SELECT country FROM big_countries)
GROUP BY country, region
HAVING count(*) >= $region_min_mails
ORDER BY country, region
