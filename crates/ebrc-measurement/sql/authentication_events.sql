-- Whether the mails of sender domains that ever met T3 passed: they failed with
-- T3, or were accepted by a receiver domain that refuses with T3 at times, and
-- so does check.
SELECT
    sender_domain AS subject,
    start_time,
    array_has(types, 'T3') AS failed
FROM mails
WHERE sender_domain IN (SELECT sender_domain FROM mails WHERE array_has(types, 'T3'))
    AND receiver_domain IN (SELECT receiver_domain FROM mails WHERE array_has(types, 'T3'))
    AND (degree <> 'hard-bounced' OR array_has(types, 'T3'))
ORDER BY subject, start_time, failed
