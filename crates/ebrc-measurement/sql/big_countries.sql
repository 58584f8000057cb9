-- View `big_countries`: those with $country_min_mails mails at least (appendix
-- A).
SELECT country
FROM mails
WHERE country IS NOT NULL
GROUP BY country
HAVING count(*) >= $country_min_mails
