SELECT
    CAST(d.proxy_days AS DOUBLE) / (a.days * p.proxies) AS blocked_share,
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
                WHERE blocklist = $blocklist
                GROUP BY proxy
            ),
            (SELECT count(DISTINCT day) AS all_days FROM mails)
    ) AS d,
    (SELECT count(DISTINCT day) AS days FROM mails) AS a,
    (SELECT count(*) AS proxies FROM proxies) AS p,
    (
        SELECT
            count(*) AS mails,
            CAST(count(*) FILTER (WHERE flag = 'Normal') AS DOUBLE) / nullif(count(flag), 0)
                AS normal
        FROM mails
        WHERE blocklist = $blocklist
    ) AS b
