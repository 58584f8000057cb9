-- Episodes of each kind: how many, and how many of them the log does not see
-- begin or end.
SELECT
    kind,
    count(*) AS episodes,
    count(DISTINCT subject) AS subjects,
    count(*) FILTER (WHERE is_open_at_start) AS open_at_start,
    count(*) FILTER (WHERE is_open_at_end) AS open_at_end,
    avg(seconds) FILTER (WHERE is_ended) / 86400 AS mean_ended_days
FROM (
    SELECT 'DKIM/SPF' AS kind, * FROM authentication_episodes
    UNION ALL
    SELECT 'MX records' AS kind, * FROM mx_episodes
    UNION ALL
    SELECT 'mailbox full' AS kind, * FROM mailbox_episodes
)
GROUP BY kind
ORDER BY kind
