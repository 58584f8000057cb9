SELECT
    country,
    count(*) AS mails,
    count(*) FILTER (WHERE degree = 'soft-bounced' AND array_has(types, 'T14')) AS timed_out,
    CAST(
        count(*) FILTER (WHERE degree = 'soft-bounced' AND array_has(types, 'T14')) AS DOUBLE
    ) / count(*) AS share
FROM mails
WHERE country IS NOT NULL
GROUP BY country
HAVING count(*) >= $country_min_mails
ORDER BY share DESC, country
