SELECT
    count(*) FILTER (WHERE mails < $country_min_mails) AS countries_left_out,
    coalesce(sum(mails) FILTER (WHERE mails < $country_min_mails), 0) AS mails_left_out
FROM (
    SELECT country, count(*) AS mails FROM mails WHERE country IS NOT NULL GROUP BY country
)
