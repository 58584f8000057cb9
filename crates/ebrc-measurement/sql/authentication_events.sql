-- Whether the mails of sender domains that ever met T3 passed: they failed with
-- T3, or were accepted by a receiver domain that refuses with T3 at times, and
-- so does check.
SELECT
    m.sender_domain AS subject,
    m.start_time,
    array_has(m.types, 'T3') AS failed
FROM mails AS m
JOIN sender_domains AS s ON m.sender_domain = s.sender_domain
JOIN receiver_domains AS r ON m.receiver_domain = r.receiver_domain
WHERE s.unauthenticated > 0
    AND r.unauthenticated > 0
    AND (m.degree <> 'hard-bounced' OR array_has(m.types, 'T3'))
ORDER BY subject, start_time, failed
