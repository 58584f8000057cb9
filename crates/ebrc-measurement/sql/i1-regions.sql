-- The poor degree (section 4.3.3): soft-bounced mails that met T14, over all
-- mails sent, from each region of proxy MTAs to each country.
SELECT country, region, mails, timed_out, CAST(timed_out AS DOUBLE) / mails AS share
FROM (
    SELECT
        country,
        region,
        count(*) AS mails,
        count(*) FILTER (WHERE degree = 'soft-bounced' AND array_has(types, 'T14')) AS timed_out,
        sum(count(*)) OVER (PARTITION BY country) AS mails_of_country
    FROM mails
    WHERE country IS NOT NULL
    GROUP BY country, region
)
WHERE region IS NOT NULL
    AND mails >= $region_min_mails
    AND mails_of_country >= $country_min_mails
ORDER BY country, region
