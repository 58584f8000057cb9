SELECT count(*) AS templates
FROM (SELECT DISTINCT template_id FROM refusals WHERE template_id IS NOT NULL)
