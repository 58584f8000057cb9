SELECT country, mails, hard_share, soft_share, category, type, type_share, root_cause
FROM country_bounces
WHERE degree = 'hard-bounced'
ORDER BY hard_share DESC, country
LIMIT $top_rows
