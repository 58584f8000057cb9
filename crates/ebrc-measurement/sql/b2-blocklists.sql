SELECT
    blocklist,
    count(*) AS receiver_domains,
    sum(messages) AS messages
FROM (
    SELECT blocklist, receiver_domain, count(*) AS messages
    FROM refusals
    WHERE blocklist IS NOT NULL AND receiver_domain IS NOT NULL
    GROUP BY blocklist, receiver_domain
)
GROUP BY blocklist
ORDER BY receiver_domains DESC, blocklist
