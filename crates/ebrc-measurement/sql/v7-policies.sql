SELECT
    policy,
    count(*) FILTER (WHERE is_found) AS found,
    count(*) FILTER (WHERE is_met) AS truth,
    CAST(count(*) FILTER (WHERE is_found AND is_true) AS DOUBLE)
        / nullif(count(*) FILTER (WHERE is_found), 0) AS precision_share,
    CAST(count(*) FILTER (WHERE is_found AND is_met) AS DOUBLE)
        / nullif(count(*) FILTER (WHERE is_met), 0) AS recall_share
FROM (
    SELECT
        'greylisting' AS policy,
        d.domain,
        d.greylists = 'true' AS is_true,
        bool_or(array_has(m.types, 'T6')) AS is_found,
        bool_or(coalesce(m.truth_cause = 'greylisting', false)) AS is_met
    FROM mails AS m
    JOIN truth_domains AS d ON m.receiver_domain = d.domain
    WHERE m.degree <> 'non-bounced'
    GROUP BY d.domain, d.greylists
    UNION ALL
    SELECT
        'TLS demanded' AS policy,
        d.domain,
        d.tls_mandate = 'true' AS is_true,
        bool_or(
            m.requires_tls OR (array_has(m.types, 'T4') AND m.degree = 'soft-bounced')
        ) AS is_found,
        bool_or(coalesce(m.truth_cause = 'tls-mandate', false)) AS is_met
    FROM mails AS m
    JOIN truth_domains AS d ON m.receiver_domain = d.domain
    WHERE m.degree <> 'non-bounced'
    GROUP BY d.domain, d.tls_mandate
)
GROUP BY policy
ORDER BY policy
