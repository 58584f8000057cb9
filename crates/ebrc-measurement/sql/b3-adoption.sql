-- Receiver domains by the month in which they first name the blocklist.
SELECT substr(CAST(first_day AS VARCHAR), 1, 7) AS month, count(*) AS receiver_domains
FROM (
    SELECT receiver_domain, min(day) AS first_day
    FROM refusals
    WHERE blocklist = $blocklist
    GROUP BY receiver_domain
)
GROUP BY month
ORDER BY month
