-- Whether mails to addresses that were ever over quota were accepted.
SELECT
    recipient AS subject,
    start_time,
    degree = 'hard-bounced' AS failed
FROM mails
WHERE recipient IN (
    SELECT recipient FROM mails
    WHERE array_has(types, 'T9') AND degree = 'hard-bounced'
)
    AND (degree <> 'hard-bounced' OR array_has(types, 'T9'))
ORDER BY subject, start_time, failed
