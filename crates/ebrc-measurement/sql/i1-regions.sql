-- The poor degree (section 4.3.3): soft-bounced mails that met T14, over all
-- mails sent, from each region of proxy MTAs to each country.
SELECT
    country,
    region,
    count(*) AS mails,
    count(*) FILTER (WHERE degree = 'soft-bounced' AND array_has(types, 'T14')) AS timed_out,
    CAST(
        count(*) FILTER (WHERE degree = 'soft-bounced' AND array_has(types, 'T14')) AS DOUBLE
    ) / count(*) AS share
FROM mails
WHERE country IN (SELECT country FROM big_countries) AND region IS NOT NULL
GROUP BY country, region
HAVING count(*) >= $region_min_mails
ORDER BY country, region
