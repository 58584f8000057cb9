-- Who delivered to which address, for senders that were refused with T8.
SELECT sender, recipient
FROM mails
WHERE degree <> 'hard-bounced'
    AND sender IN (
        SELECT sender FROM mails WHERE degree = 'hard-bounced' AND array_has(types, 'T8')
    )
