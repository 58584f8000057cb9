SELECT
    n.type,
    coalesce(f.mails, 0) AS found,
    coalesce(t.mails, 0) AS truth
FROM types AS n
LEFT JOIN (
    SELECT type, count(*) AS mails
    FROM (SELECT unnest(types) AS type FROM mails)
    GROUP BY type
) AS f ON n.type = f.type
LEFT JOIN (
    SELECT type, count(*) AS mails
    FROM (SELECT unnest(array_distinct(truth_type)) AS type FROM annotated)
    GROUP BY type
) AS t ON n.type = t.type
ORDER BY CAST(replace(n.type, 'T', '') AS INT)
