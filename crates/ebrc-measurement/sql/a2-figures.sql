SELECT
    s.sender_domains,
    s.never_fixed,
    s.recurrent,
    e.days_to_fix,
    e.over_a_month
FROM
    (
        SELECT
            count(*) AS sender_domains,
            CAST(count(*) FILTER (WHERE is_never_fixed) AS DOUBLE) / nullif(count(*), 0)
                AS never_fixed,
            CAST(count(*) FILTER (WHERE is_recurrent) AS DOUBLE) / nullif(count(*), 0)
                AS recurrent
        FROM authentication_subjects
        WHERE episodes > 0
    ) AS s,
    (
        SELECT
            avg(seconds) / 86400 AS days_to_fix,
            count(DISTINCT subject) FILTER (WHERE seconds > 30 * 86400) AS over_a_month
        FROM authentication_episodes
        WHERE is_ended
    ) AS e
