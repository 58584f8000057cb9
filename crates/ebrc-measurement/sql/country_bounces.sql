-- View `country_bounces`: countries with mails enough, and of the hard- and of
-- the soft-bounced mails there, what they meet most.
SELECT
    d.degree,
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
CROSS JOIN (VALUES ('hard-bounced'), ('soft-bounced')) AS d (degree)
LEFT JOIN (
    SELECT
        country,
        b.degree,
        b.type,
        n.category,
        count(*) AS mails,
        sum(count(*)) OVER (PARTITION BY country, b.degree) AS typed,
        row_number() OVER (
            PARTITION BY country, b.degree
            ORDER BY count(*) DESC, b.type
        ) AS place
    FROM bounces AS b
    JOIN types AS n ON b.type = n.type
    WHERE b.is_major
    GROUP BY country, b.degree, b.type, n.category
) AS t ON c.country = t.country AND d.degree = t.degree AND t.place = 1
LEFT JOIN (
    SELECT
        country,
        degree,
        root_cause,
        row_number() OVER (
            PARTITION BY country, degree
            ORDER BY count(*) DESC, root_cause
        ) AS place
    FROM bounces
    WHERE is_major AND root_cause IS NOT NULL
    GROUP BY country, degree, root_cause
) AS r ON c.country = r.country AND d.degree = r.degree AND r.place = 1
