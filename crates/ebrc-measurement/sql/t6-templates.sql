SELECT
    t.template,
    a.messages,
    CAST(a.messages AS DOUBLE) / a.all_messages AS share
FROM (
    SELECT
        template_id,
        count(*) AS messages,
        sum(count(*)) OVER () AS all_messages
    FROM refusals
    WHERE type = 'ambiguous'
    GROUP BY template_id
) AS a
LEFT JOIN templates AS t ON a.template_id = t.template_id
ORDER BY a.messages DESC, a.template_id
LIMIT 5
