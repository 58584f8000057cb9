-- Receiver domains by the month in which they first name the blocklist.
SELECT to_char(first_day, '%Y-%m') AS month, count(*) AS receiver_domains
FROM (
    SELECT receiver_domain, min(day) AS first_day
    FROM refusals
    WHERE blocklist = $blocklist AND receiver_domain IS NOT NULL
    GROUP BY receiver_domain
)
GROUP BY month
ORDER BY month
