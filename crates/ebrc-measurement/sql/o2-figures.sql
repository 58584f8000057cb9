SELECT avg(attempts) AS attempts FROM mails WHERE degree = 'soft-bounced'
