-- Table `servers`: the receiver MTAs of all attempts.
SELECT
    ip,
    count(*) AS attempts,
    country(ip) AS country,
    as_number(ip) AS as_number,
    as_organisation(ip) AS organisation
FROM (SELECT unnest(to_ip) AS ip FROM annotated)
WHERE ip <> ''
GROUP BY ip
ORDER BY ip
