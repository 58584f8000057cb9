SELECT
    s.receiver_domains,
    f.accepted_spam,
    f.normal_refused
FROM
    (
        SELECT count(*) AS receiver_domains
        FROM (
            SELECT DISTINCT receiver_domain
            FROM mails
            WHERE array_has(types, 'T13') AND degree = 'hard-bounced'
        )
    ) AS s,
    (
        SELECT
            CAST(count(*) FILTER (WHERE flag = 'Spam' AND degree <> 'hard-bounced') AS DOUBLE)
                / nullif(count(*) FILTER (WHERE flag = 'Spam'), 0) AS accepted_spam,
            CAST(count(*) FILTER (WHERE flag = 'Normal' AND array_has(types, 'T13')) AS DOUBLE)
                / nullif(count(flag) FILTER (WHERE array_has(types, 'T13')), 0) AS normal_refused
        FROM mails
    ) AS f
