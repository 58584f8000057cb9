-- View `region_latency`: medians by country and region of proxy MTAs, of
-- countries and pairs with mails enough.
SELECT country, region, mails, median_seconds
FROM (
    SELECT
        country,
        region,
        count(latency_ms) AS mails,
        sketched_median(latency_ms) / 1000 AS median_seconds,
        sum(count(*)) OVER (PARTITION BY country) AS mails_of_country
    FROM mails
    WHERE country IS NOT NULL
    GROUP BY country, region
)
WHERE region IS NOT NULL
    AND mails >= $region_min_mails
    AND mails_of_country >= $country_min_mails
