SELECT
    sender_domain,
    recipients,
    CAST(breached AS DOUBLE) / recipients AS breached_share,
    mails,
    CAST(hard AS DOUBLE) / mails AS hard_share,
    CAST(soft AS DOUBLE) / mails AS soft_share,
    CASE WHEN is_listed THEN 'yes' WHEN NOT is_listed THEN 'no' END AS listed
FROM bulk_spammers
ORDER BY mails DESC, sender_domain
