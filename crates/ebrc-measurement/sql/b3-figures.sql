SELECT
    CAST(d.proxy_days AS DOUBLE) / (a.days * p.proxies) AS blocked_share,
    l.listed_share,
    d.mostly_blocked,
    CAST(b.mails AS DOUBLE) / a.days AS mails_a_day,
    b.normal
FROM
    (
        SELECT
            sum(days) AS proxy_days,
            count(*) FILTER (WHERE days > $mostly_blocked_share * all_days) AS mostly_blocked
        FROM
            (
                SELECT proxy, count(DISTINCT day) AS days
                FROM refusals
                WHERE blocklist = $blocklist AND proxy IS NOT NULL
                GROUP BY proxy
            ),
            (SELECT count(DISTINCT day) AS all_days FROM mails)
    ) AS d,
    (SELECT count(DISTINCT day) AS days FROM mails) AS a,
    (
        SELECT
            CAST(count(*) FILTER (WHERE was_listed(p.ip, d.day)) AS DOUBLE)
                / nullif(count(was_listed(p.ip, d.day)), 0) AS listed_share
        FROM (SELECT DISTINCT day FROM mails) AS d
        CROSS JOIN proxies AS p
    ) AS l,
    (SELECT count(*) AS proxies FROM proxies) AS p,
    (
        SELECT
            count(*) AS mails,
            CAST(count(*) FILTER (WHERE flag = 'Normal') AS DOUBLE) / nullif(count(flag), 0)
                AS normal
        FROM mails
        WHERE array_has(blocklists, $blocklist)
    ) AS b
