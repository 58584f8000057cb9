-- Whether mails to receiver domains that met T2 found a server; mistyped domains
-- apart.
SELECT
    m.receiver_domain AS subject,
    m.start_time,
    m.degree = 'hard-bounced' AS failed
FROM mails AS m
JOIN receiver_domains AS r ON m.receiver_domain = r.receiver_domain
LEFT JOIN domain_typos AS t ON r.receiver_domain = t.receiver_domain
WHERE r.without_server > 0
    AND t.receiver_domain IS NULL
    AND (m.degree <> 'hard-bounced' OR array_has(m.types, 'T2'))
ORDER BY subject, start_time, failed
