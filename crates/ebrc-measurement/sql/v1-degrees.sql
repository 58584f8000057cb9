SELECT
    f.degree,
    f.mails AS found,
    t.mails AS truth
FROM (SELECT degree, count(*) AS mails FROM mails GROUP BY degree) AS f
LEFT JOIN (
    SELECT degree, count(*) AS mails
    FROM (
        SELECT
            CASE
                WHEN array_element(truth_type, 1) IS NULL THEN 'non-bounced'
                WHEN array_element(truth_type, -1) IS NULL THEN 'soft-bounced'
                ELSE 'hard-bounced'
            END AS degree
        FROM annotated
    )
    GROUP BY degree
) AS t ON f.degree = t.degree
ORDER BY f.degree DESC
