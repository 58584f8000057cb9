SELECT
    m.mails,
    s.mailboxes,
    s.always_full,
    s.repeatedly_full,
    e.a_month_or_more,
    a.seen_a_month_or_more,
    e.days_to_repair
FROM
    (
        SELECT
            count(*) AS mailboxes,
            count(*) FILTER (WHERE is_always_broken) AS always_full,
            count(*) FILTER (WHERE is_recurrent) AS repeatedly_full
        FROM mailbox_subjects
        WHERE episodes > 0
    ) AS s,
    (
        SELECT
            CAST(count(*) FILTER (WHERE seconds >= 30 * 86400) AS DOUBLE) / nullif(count(*), 0)
                AS a_month_or_more,
            avg(seconds) / 86400 AS days_to_repair
        FROM mailbox_episodes
        WHERE is_ended
    ) AS e,
    (
        SELECT
            CAST(count(*) FILTER (WHERE seconds >= 30 * 86400) AS DOUBLE) / nullif(count(*), 0)
                AS seen_a_month_or_more
        FROM mailbox_episodes
    ) AS a,
    (
        SELECT count(*) AS mails FROM mails
        WHERE degree = 'hard-bounced' AND array_has(types, 'T9')
    ) AS m
