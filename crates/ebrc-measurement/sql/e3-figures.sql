-- The share of messages that the biggest $top_templates templates cover.
SELECT
    CAST(sum(messages) FILTER (WHERE place <= $top_templates) AS DOUBLE) / sum(messages)
        AS covered
FROM (
    SELECT messages, row_number() OVER (ORDER BY messages DESC, template_id) AS place
    FROM (SELECT template_id, count(*) AS messages FROM refusals GROUP BY template_id)
)
