SELECT
    kind,
    max(found) AS found,
    max(truth) AS truth,
    CAST(max(right_found) AS DOUBLE) / max(found) AS precision_share,
    CAST(max(found_truth) AS DOUBLE) / max(truth) AS recall_share
FROM (
    SELECT
        f.kind,
        count(*) AS found,
        count(*) FILTER (WHERE f.is_right) AS right_found,
        NULL AS truth,
        NULL AS found_truth
    FROM (
        SELECT
            f.kind,
            f.subject,
            f.start_time,
            bool_or(coalesce(t.start_time <= f.last_failure AND t.end_time > f.start_time, false))
                AS is_right
        FROM found_episodes AS f
        LEFT JOIN true_episodes AS t ON f.kind = t.kind AND f.subject = t.subject
        GROUP BY f.kind, f.subject, f.start_time
    ) AS f
    GROUP BY f.kind
    UNION ALL
    SELECT
        t.kind,
        NULL AS found,
        NULL AS right_found,
        count(*) AS truth,
        count(*) FILTER (WHERE t.is_found) AS found_truth
    FROM (
        SELECT
            t.kind,
            t.subject,
            t.start_time,
            bool_or(coalesce(t.start_time <= f.last_failure AND t.end_time > f.start_time, false))
                AS is_found
        FROM (
            SELECT DISTINCT t.kind, t.subject, t.start_time, t.end_time
            FROM true_episodes AS t
            JOIN (
                SELECT
                    truth_cause AS kind,
                    CASE truth_cause
                        WHEN 'broken-authentication' THEN sender_domain
                        WHEN 'receiver-mx-error' THEN receiver_domain
                        ELSE recipient
                    END AS subject,
                    start_time
                FROM mails
                WHERE truth_cause IN
                    ('broken-authentication', 'receiver-mx-error', 'mailbox-full-episode')
            ) AS m
                ON t.kind = m.kind
                AND t.subject = m.subject
                AND m.start_time >= t.start_time
                AND m.start_time < t.end_time
        ) AS t
        LEFT JOIN found_episodes AS f ON t.kind = f.kind AND t.subject = f.subject
        GROUP BY t.kind, t.subject, t.start_time
    ) AS t
    GROUP BY t.kind
)
GROUP BY kind
ORDER BY kind
