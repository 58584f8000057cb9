SELECT
    kind,
    count(*) FILTER (WHERE is_found) AS found,
    count(*) FILTER (WHERE is_true) AS truth,
    count(*) FILTER (WHERE is_found AND is_true) AS correct,
    CAST(count(*) FILTER (WHERE is_found AND is_true) AS DOUBLE)
        / nullif(count(*) FILTER (WHERE is_found), 0) AS precision_share,
    CAST(count(*) FILTER (WHERE is_found AND is_true) AS DOUBLE)
        / nullif(count(*) FILTER (WHERE is_true), 0) AS recall_share,
    CAST(count(*) FILTER (WHERE is_found AND is_true) AS DOUBLE)
        / nullif(count(*) FILTER (WHERE is_true AND is_findable), 0) AS recall_of_findable_share
FROM (
    SELECT
        kind,
        who,
        what,
        bool_or(is_found) AS is_found,
        bool_or(NOT is_found) AS is_true,
        bool_or(is_findable) AS is_findable
    FROM (
        SELECT 'domain' AS kind, '' AS who, receiver_domain AS what, true AS is_found,
            true AS is_findable
        FROM domain_typos
        UNION ALL
        SELECT 'user name' AS kind, sender AS who, recipient AS what, true AS is_found,
            true AS is_findable
        FROM username_typos
        UNION ALL
        SELECT 'domain' AS kind, '' AS who, receiver_domain AS what, false AS is_found,
            true AS is_findable
        FROM mails
        WHERE truth_cause = 'recipient-domain-typo'
        UNION ALL
        SELECT 'user name' AS kind, m.sender AS who, m.recipient AS what, false AS is_found,
            d.sender IS NOT NULL AS is_findable
        FROM mails AS m
        LEFT JOIN (
            SELECT DISTINCT sender, receiver_domain FROM mails WHERE degree <> 'hard-bounced'
        ) AS d ON m.sender = d.sender AND m.receiver_domain = d.receiver_domain
        WHERE m.truth_cause = 'recipient-typo'
    )
    GROUP BY kind, who, what
)
GROUP BY kind
ORDER BY kind
