SELECT
    day,
    count(*) FILTER (WHERE degree = 'non-bounced') AS non_bounced,
    count(*) FILTER (WHERE degree = 'soft-bounced') AS soft_bounced,
    count(*) FILTER (WHERE degree = 'hard-bounced') AS hard_bounced
FROM mails
GROUP BY day
ORDER BY day
