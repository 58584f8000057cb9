-- Proxies that are blocked, and mails that are, by the blocklist $blocklist.
SELECT
    m.day,
    coalesce(p.proxies, 0) AS proxies,
    coalesce(b.spam, 0) AS spam,
    coalesce(b.normal, 0) AS normal
FROM (SELECT DISTINCT day FROM mails) AS m
LEFT JOIN (
    SELECT day, count(DISTINCT proxy) AS proxies
    FROM refusals
    WHERE blocklist = $blocklist
    GROUP BY day
) AS p ON m.day = p.day
LEFT JOIN (
    SELECT
        day,
        count(*) FILTER (WHERE flag = 'Spam') AS spam,
        count(*) FILTER (WHERE flag = 'Normal') AS normal
    FROM mails
    WHERE blocklist = $blocklist
    GROUP BY day
) AS b ON m.day = b.day
ORDER BY m.day
