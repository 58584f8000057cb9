SELECT
    country,
    count(*) AS mails,
    count(*) FILTER (WHERE degree = 'soft-bounced' AND array_has(types, 'T14')) AS timed_out,
    CAST(
        count(*) FILTER (WHERE degree = 'soft-bounced' AND array_has(types, 'T14')) AS DOUBLE
    ) / count(*) AS share
FROM mails
WHERE country IN (SELECT country FROM big_countries)
GROUP BY country
ORDER BY share DESC, country
