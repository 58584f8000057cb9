SELECT country, mails, hard_share, soft_share, category, type, type_share, root_cause
FROM country_bounces
WHERE degree = 'soft-bounced'
ORDER BY soft_share DESC, country
LIMIT $top_rows
