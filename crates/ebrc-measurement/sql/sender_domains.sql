-- Table `sender_domains`: with their mails that were refused with T3.
SELECT
    sender_domain,
    count(*) AS mails,
    count(*) FILTER (WHERE degree = 'hard-bounced') AS hard,
    count(*) FILTER (WHERE degree = 'soft-bounced') AS soft,
    count(*) FILTER (WHERE array_has(types, 'T3')) AS unauthenticated
FROM mails
WHERE sender_domain IS NOT NULL
GROUP BY sender_domain
ORDER BY sender_domain
