SELECT count(DISTINCT receiver_domain) AS receiver_domains
FROM refusals
WHERE blocklist = $blocklist AND receiver_domain IS NOT NULL
