SELECT
    kind,
    count(*) FILTER (WHERE is_found) AS found,
    count(*) FILTER (WHERE is_true) AS truth,
    count(*) FILTER (WHERE is_found AND is_true) AS correct,
    CAST(count(*) FILTER (WHERE is_found AND is_true) AS DOUBLE)
        / nullif(count(*) FILTER (WHERE is_found), 0) AS precision_share,
    CAST(count(*) FILTER (WHERE is_found AND is_true) AS DOUBLE)
        / nullif(count(*) FILTER (WHERE is_true), 0) AS recall_share
FROM (
    SELECT
        kind,
        sender_domain,
        bool_or(is_found) AS is_found,
        bool_or(NOT is_found) AS is_true
    FROM (
        SELECT 'username-guesser' AS kind, sender_domain, true AS is_found FROM guessing
        UNION ALL
        SELECT 'bulk-spammer' AS kind, sender_domain, true AS is_found FROM bulk_spammers
        UNION ALL
        SELECT t.kind, t.domain AS sender_domain, false AS is_found
        FROM truth_senders AS t
        JOIN (SELECT DISTINCT sender_domain FROM mails) AS m ON t.domain = m.sender_domain
        WHERE t.kind <> 'ordinary'
    )
    GROUP BY kind, sender_domain
)
GROUP BY kind
ORDER BY kind
