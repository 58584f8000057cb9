-- Receiver domains that never resolved, and the popular ones that did.
SELECT receiver_domain, has_resolved, mails
FROM receiver_domains
WHERE NOT has_resolved OR rank <= $typo_top_domains
ORDER BY rank
