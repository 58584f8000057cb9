-- Table `proxies`: the MTAs that sent, over all attempts.
SELECT ip, count(*) AS attempts, country(ip) AS region
FROM (SELECT unnest(from_ip) AS ip FROM annotated)
WHERE ip <> ''
GROUP BY ip
ORDER BY ip
