SELECT
    kind,
    count(*) AS addresses,
    CAST(count(*) AS DOUBLE) / sum(count(*)) OVER () AS share
FROM (SELECT DISTINCT recipient, kind FROM username_typos)
GROUP BY kind
ORDER BY addresses DESC, kind
