-- Table `bulk_spammers`: sender domains whose recipients are, for more than
-- $bulk_spam_breached_share, in the breach list (section 4.2.1).
SELECT
    sender_domain,
    recipients,
    breached,
    mails,
    hard,
    soft,
    is_listed_domain(sender_domain) AS is_listed
FROM (
    SELECT
        sender_domain,
        count(*) AS recipients,
        count(*) FILTER (WHERE is_breached(recipient)) AS breached,
        sum(mails) AS mails,
        sum(hard) AS hard,
        sum(soft) AS soft
    FROM (
        SELECT
            sender_domain,
            recipient,
            count(*) AS mails,
            count(*) FILTER (WHERE degree = 'hard-bounced') AS hard,
            count(*) FILTER (WHERE degree = 'soft-bounced') AS soft
        FROM mails
        WHERE sender_domain IS NOT NULL
        GROUP BY sender_domain, recipient
    )
    GROUP BY sender_domain
)
WHERE recipients >= $bulk_spam_min_recipients
    AND breached > $bulk_spam_breached_share * recipients
ORDER BY sender_domain
