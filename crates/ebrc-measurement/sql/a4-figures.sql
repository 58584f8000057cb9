SELECT
    s.receiver_domains,
    m.mails,
    s.within_a_day,
    s.a_week_or_more
FROM
    (
        SELECT
            count(*) AS receiver_domains,
            CAST(count(*) FILTER (WHERE is_fixed AND longest <= 86400) AS DOUBLE)
                / nullif(count(*), 0) AS within_a_day,
            count(*) FILTER (WHERE longest >= 7 * 86400) AS a_week_or_more
        FROM (
            SELECT
                subject,
                max(seconds) AS longest,
                bool_and(end_time IS NOT NULL) AS is_fixed
            FROM mx_episodes
            GROUP BY subject
        )
    ) AS s,
    (
        SELECT count(*) AS mails FROM bounces WHERE bounce_reason = 'mx-error'
    ) AS m
