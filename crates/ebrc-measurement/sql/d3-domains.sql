SELECT
    rank,
    receiver_domain,
    mails,
    CAST(mails AS DOUBLE) / sum(mails) OVER () AS share
FROM receiver_domains
ORDER BY rank
LIMIT 100
