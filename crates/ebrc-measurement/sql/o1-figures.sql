SELECT
    CAST(count(*) FILTER (WHERE degree = 'non-bounced') AS DOUBLE) / count(*) AS non_bounced,
    CAST(count(*) FILTER (WHERE degree = 'soft-bounced') AS DOUBLE) / count(*) AS soft_bounced,
    CAST(count(*) FILTER (WHERE degree = 'hard-bounced') AS DOUBLE) / count(*) AS hard_bounced
FROM mails
