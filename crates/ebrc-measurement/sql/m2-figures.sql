SELECT
    count(*) AS sender_domains,
    coalesce(sum(mails), 0) AS mails,
    CAST(sum(hard) AS DOUBLE) / sum(mails) AS hard,
    CAST(sum(soft) AS DOUBLE) / sum(mails) AS soft,
    CASE WHEN count(is_listed) > 0 THEN count(*) FILTER (WHERE is_listed) END AS listed
FROM bulk_spammers
