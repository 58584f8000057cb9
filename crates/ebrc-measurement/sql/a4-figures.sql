SELECT
    s.receiver_domains,
    m.mails,
    e.within_a_day,
    e.a_week_or_more
FROM
    (
        SELECT count(*) AS receiver_domains
        FROM (SELECT DISTINCT subject FROM mx_episodes)
    ) AS s,
    (
        SELECT count(*) AS mails FROM bounces WHERE bounce_reason = 'mx-error'
    ) AS m,
    (
        SELECT
            CAST(count(*) FILTER (WHERE seconds <= 86400) AS DOUBLE) / nullif(count(*), 0)
                AS within_a_day,
            count(DISTINCT subject) FILTER (WHERE seconds >= 7 * 86400) AS a_week_or_more
        FROM mx_episodes
        WHERE is_ended
    ) AS e
