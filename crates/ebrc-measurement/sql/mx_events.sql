-- Whether mails to receiver domains that met T2, and resolved at another time,
-- found a server; mistyped domains apart.
SELECT
    receiver_domain AS subject,
    start_time,
    degree = 'hard-bounced' AS failed
FROM mails
WHERE receiver_domain IN (
    SELECT receiver_domain FROM mails
    WHERE array_has(types, 'T2') AND degree = 'hard-bounced'
)
    AND receiver_domain IN (SELECT receiver_domain FROM receiver_domains WHERE has_resolved)
    AND receiver_domain NOT IN (SELECT receiver_domain FROM domain_typos)
    AND (degree <> 'hard-bounced' OR array_has(types, 'T2'))
ORDER BY subject, start_time, failed
