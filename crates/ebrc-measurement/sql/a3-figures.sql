SELECT
    m.mails,
    count(*) AS receiver_domains,
    CAST(count(*) FILTER (WHERE rank <= 100) AS DOUBLE)
        / nullif(least(100, max(d.domains)), 0) AS of_top_100,
    CAST(count(*) FILTER (WHERE rank <= 10000) AS DOUBLE)
        / nullif(least(10000, max(d.domains)), 0) AS of_top_10k
FROM receiver_domains AS r
JOIN (
    SELECT DISTINCT receiver_domain
    FROM mails
    WHERE requires_tls OR (array_has(types, 'T4') AND degree = 'soft-bounced')
) AS t ON r.receiver_domain = t.receiver_domain
CROSS JOIN (SELECT count(*) AS domains FROM receiver_domains) AS d
CROSS JOIN (
    SELECT count(*) AS mails
    FROM mails
    WHERE array_has(types, 'T4') AND degree = 'soft-bounced'
) AS m
GROUP BY m.mails
