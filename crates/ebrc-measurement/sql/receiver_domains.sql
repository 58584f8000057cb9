-- Table `receiver_domains`: InEmailRank (section 3.1), receiver domains by
-- incoming mails; with those hard-bounced with T2, and those refused with T3. A domain has resolved if a mail to it met anything but T2.
SELECT
    CAST(row_number() OVER (ORDER BY mails DESC, receiver_domain) AS BIGINT) AS rank,
    *
FROM (
    SELECT
        receiver_domain,
        count(*) AS mails,
        count(*) FILTER (WHERE degree = 'hard-bounced') AS hard,
        count(*) FILTER (WHERE degree = 'soft-bounced') AS soft,
        count(*) FILTER (WHERE degree = 'hard-bounced' AND array_has(types, 'T2')) AS without_server,
        count(*) FILTER (WHERE array_has(types, 'T3')) AS unauthenticated,
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
