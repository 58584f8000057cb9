-- Proxies that are blocked, and mails that are, by the blocklist $blocklist, as
-- replies name it.
SELECT
    m.day,
    coalesce(p.proxies, 0) AS proxies,
    l.listed,
    coalesce(b.spam, 0) AS spam,
    coalesce(b.normal, 0) AS normal,
    coalesce(b.unflagged, 0) AS unflagged
FROM (SELECT DISTINCT day FROM mails) AS m
LEFT JOIN (
    SELECT day, count(DISTINCT proxy) AS proxies
    FROM refusals
    WHERE blocklist = $blocklist AND proxy IS NOT NULL
    GROUP BY day
) AS p ON m.day = p.day
LEFT JOIN (
    -- By the history of the blocklist, where it is given.
    SELECT
        d.day,
        CASE
            WHEN count(was_listed(p.ip, d.day)) > 0
                THEN count(*) FILTER (WHERE was_listed(p.ip, d.day))
        END AS listed
    FROM (SELECT DISTINCT day FROM mails) AS d
    CROSS JOIN proxies AS p
    GROUP BY d.day
) AS l ON m.day = l.day
LEFT JOIN (
    SELECT
        day,
        count(*) FILTER (WHERE flag = 'Spam') AS spam,
        count(*) FILTER (WHERE flag = 'Normal') AS normal,
        count(*) FILTER (WHERE flag IS NULL) AS unflagged
    FROM mails
    WHERE array_has(blocklists, $blocklist)
    GROUP BY day
) AS b ON m.day = b.day
ORDER BY m.day
