SELECT
    part,
    kind,
    count(*) AS domains,
    CAST(count(*) AS DOUBLE) / sum(count(*)) OVER (PARTITION BY part) AS share
FROM domain_typos
GROUP BY part, kind
ORDER BY part, domains DESC, kind
