SELECT
    r.bounce_reason,
    coalesce(f.found, 0) AS found,
    coalesce(t.mails, 0) AS truth,
    coalesce(f.correct, 0) AS correct,
    CAST(f.correct AS DOUBLE) / f.found AS precision_share,
    CAST(coalesce(f.correct, 0) AS DOUBLE) / t.mails AS recall_share
FROM table_2 AS r
LEFT JOIN (
    SELECT
        bounce_reason,
        count(*) AS found,
        count(*) FILTER (
            WHERE CASE bounce_reason
                WHEN 'username-guess' THEN truth_cause = 'username-guess'
                WHEN 'bulk-spam' THEN truth_cause = 'bulk-spam'
                WHEN 'blocklisted' THEN array_has(truth_types, 'T5')
                WHEN 'greylisted' THEN array_has(truth_types, 'T6')
                WHEN 'sender-too-fast' THEN array_has(truth_types, 'T7')
                WHEN 'spam-content' THEN
                    array_has(truth_types, 'T13') AND truth_cause <> 'bulk-spam'
                WHEN 'recipient-flooded' THEN array_has(truth_types, 'T11')
                WHEN 'authentication-failure' THEN array_has(truth_types, 'T3')
                WHEN 'no-starttls' THEN array_has(truth_types, 'T4')
                WHEN 'mx-error' THEN truth_cause = 'receiver-mx-error'
                WHEN 'domain-typo' THEN truth_cause = 'recipient-domain-typo'
                WHEN 'username-typo' THEN truth_cause = 'recipient-typo'
                WHEN 'recipient-inactive' THEN truth_cause = 'recipient-inactive'
                WHEN 'mailbox-full' THEN array_has(truth_types, 'T9')
                WHEN 'timeout' THEN array_has(truth_types, 'T14')
            END
        ) AS correct
    FROM bounces
    WHERE bounce_reason IS NOT NULL
    GROUP BY bounce_reason
) AS f ON r.bounce_reason = f.bounce_reason
LEFT JOIN (
    SELECT bounce_reason, count(*) AS mails
    FROM (
        SELECT unnest(make_array(
            CASE WHEN is_hard AND truth_cause = 'username-guess' THEN 'username-guess' END,
            CASE WHEN is_hard AND truth_cause = 'bulk-spam' THEN 'bulk-spam' END,
            CASE WHEN array_has(truth_types, 'T5') THEN 'blocklisted' END,
            CASE WHEN array_has(truth_types, 'T6') THEN 'greylisted' END,
            CASE WHEN NOT is_hard AND array_has(truth_types, 'T7') THEN 'sender-too-fast' END,
            CASE
                WHEN is_hard AND array_has(truth_types, 'T13') AND truth_cause <> 'bulk-spam'
                    THEN 'spam-content'
            END,
            CASE WHEN is_hard AND array_has(truth_types, 'T11') THEN 'recipient-flooded' END,
            CASE WHEN is_hard AND array_has(truth_types, 'T3') THEN 'authentication-failure' END,
            CASE WHEN NOT is_hard AND array_has(truth_types, 'T4') THEN 'no-starttls' END,
            CASE WHEN is_hard AND truth_cause = 'receiver-mx-error' THEN 'mx-error' END,
            CASE WHEN is_hard AND truth_cause = 'recipient-domain-typo' THEN 'domain-typo' END,
            CASE WHEN is_hard AND truth_cause = 'recipient-typo' THEN 'username-typo' END,
            CASE WHEN is_hard AND truth_cause = 'recipient-inactive' THEN 'recipient-inactive' END,
            CASE WHEN is_hard AND array_has(truth_types, 'T9') THEN 'mailbox-full' END,
            CASE WHEN NOT is_hard AND array_has(truth_types, 'T14') THEN 'timeout' END
        )) AS bounce_reason
        FROM (
            SELECT truth_cause, truth_types, degree = 'hard-bounced' AS is_hard
            FROM mails
            WHERE degree <> 'non-bounced'
        )
    )
    WHERE bounce_reason IS NOT NULL
    GROUP BY bounce_reason
) AS t ON r.bounce_reason = t.bounce_reason
ORDER BY r.place
