SELECT
    receiver_domain,
    mails,
    CAST(hard AS DOUBLE) / mails AS hard_share,
    CAST(soft AS DOUBLE) / mails AS soft_share
FROM receiver_domains
ORDER BY rank
LIMIT $top_rows
