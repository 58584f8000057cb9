SELECT
    count(*) FILTER (WHERE is_found) AS found,
    count(*) FILTER (WHERE is_true) AS truth,
    CAST(count(*) FILTER (WHERE is_found AND is_true) AS DOUBLE)
        / nullif(count(*) FILTER (WHERE is_found), 0) AS precision_share,
    CAST(count(*) FILTER (WHERE is_found AND is_true) AS DOUBLE)
        / nullif(count(*) FILTER (WHERE is_true), 0) AS recall_share
FROM (
    SELECT
        d.day,
        p.ip,
        bool_or(f.proxy IS NOT NULL) AS is_found,
        bool_or(coalesce(
            d.day >= CAST(p.listed_from AS DATE) AND d.day <= CAST(p.listed_to AS DATE),
            false
        )) AS is_true
    FROM (SELECT DISTINCT day FROM mails) AS d
    CROSS JOIN truth_proxies AS p
    LEFT JOIN (
        SELECT DISTINCT day, proxy FROM refusals WHERE blocklist = $blocklist
    ) AS f ON d.day = f.day AND p.ip = f.proxy
    GROUP BY d.day, p.ip
)
