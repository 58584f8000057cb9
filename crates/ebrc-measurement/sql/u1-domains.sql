SELECT t.receiver_domain, t.right_domain, t.kind, t.part, r.mails
FROM domain_typos AS t
JOIN receiver_domains AS r ON t.receiver_domain = r.receiver_domain
ORDER BY r.mails DESC, t.receiver_domain
