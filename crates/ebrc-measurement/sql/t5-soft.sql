-- Countries by their share of soft-bounced mails, with what these meet most.
SELECT
    c.country,
    c.mails,
    CAST(c.hard AS DOUBLE) / c.mails AS hard_share,
    CAST(c.soft AS DOUBLE) / c.mails AS soft_share,
    t.category,
    t.type,
    CAST(t.mails AS DOUBLE) / t.typed AS type_share,
    r.root_cause
FROM (
    SELECT
        country,
        count(*) AS mails,
        count(*) FILTER (WHERE degree = 'hard-bounced') AS hard,
        count(*) FILTER (WHERE degree = 'soft-bounced') AS soft
    FROM mails
    WHERE country IS NOT NULL
    GROUP BY country
    HAVING count(*) >= $country_min_mails
) AS c
LEFT JOIN (
    SELECT
        country,
        b.type,
        n.category,
        count(*) AS mails,
        sum(count(*)) OVER (PARTITION BY country) AS typed,
        row_number() OVER (PARTITION BY country ORDER BY count(*) DESC, b.type) AS place
    FROM bounces AS b
    JOIN types AS n ON b.type = n.type
    WHERE b.is_major AND b.degree = 'soft-bounced'
    GROUP BY country, b.type, n.category
) AS t ON c.country = t.country AND t.place = 1
LEFT JOIN (
    SELECT
        country,
        root_cause,
        row_number() OVER (PARTITION BY country ORDER BY count(*) DESC, root_cause) AS place
    FROM bounces
    WHERE is_major AND degree = 'soft-bounced' AND root_cause IS NOT NULL
    GROUP BY country, root_cause
) AS r ON c.country = r.country AND r.place = 1
ORDER BY soft_share DESC, c.country
LIMIT $top_rows
