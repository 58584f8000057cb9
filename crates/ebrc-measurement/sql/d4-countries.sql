SELECT
    country,
    count(*) AS servers,
    CAST(count(*) AS DOUBLE) / sum(count(*)) OVER () AS share,
    max(p.value) AS paper_share
FROM servers
LEFT JOIN paper AS p ON p.artefact = 'D4' AND p.row_name = country
WHERE country IS NOT NULL
GROUP BY country
ORDER BY servers DESC, country
