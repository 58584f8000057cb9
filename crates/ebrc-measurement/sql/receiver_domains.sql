-- Table `receiver_domains`: InEmailRank (section 3.1), receiver domains by
-- incoming mails. A domain has resolved if a mail to it met anything but T2.
SELECT
    CAST(row_number() OVER (ORDER BY mails DESC, receiver_domain) AS BIGINT) AS rank,
    *
FROM (
    SELECT
        receiver_domain,
        count(*) AS mails,
        count(*) FILTER (WHERE degree = 'hard-bounced') AS hard,
        count(*) FILTER (WHERE degree = 'soft-bounced') AS soft,
        bool_or(
            degree <> 'hard-bounced'
            OR NOT array_has(types, 'T2')
            OR cardinality(types) > 1
            OR has_ambiguous
        ) AS has_resolved
    FROM mails
    WHERE receiver_domain IS NOT NULL
    GROUP BY receiver_domain
)
ORDER BY rank
