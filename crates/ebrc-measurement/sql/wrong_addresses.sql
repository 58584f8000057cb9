-- Who was refused with T8 at which address.
SELECT DISTINCT sender, recipient
FROM mails
WHERE degree = 'hard-bounced' AND array_has(types, 'T8')
ORDER BY sender, recipient
