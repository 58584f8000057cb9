-- User names that sender domains tried at receiver domains where some did not
-- exist: how many mails each got, and how these fared.
SELECT
    m.sender_domain,
    m.receiver_domain,
    s.mails AS sender_mails,
    user_name(m.recipient) AS user_name,
    count(*) AS mails,
    count(*) FILTER (WHERE m.degree = 'hard-bounced' AND array_has(m.types, 'T8')) AS refused,
    count(*) FILTER (WHERE m.degree <> 'hard-bounced') AS delivered
FROM mails AS m
JOIN (
    SELECT sender_domain, receiver_domain
    FROM mails
    WHERE degree = 'hard-bounced' AND array_has(types, 'T8')
    GROUP BY sender_domain, receiver_domain
    HAVING count(*) > 1
) AS p ON m.sender_domain = p.sender_domain AND m.receiver_domain = p.receiver_domain
JOIN (
    SELECT sender_domain, count(*) AS mails FROM mails GROUP BY sender_domain
) AS s ON m.sender_domain = s.sender_domain
GROUP BY m.sender_domain, m.receiver_domain, s.mails, user_name(m.recipient)
ORDER BY m.sender_domain, m.receiver_domain, user_name
