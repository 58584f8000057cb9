-- The share of messages that the biggest $top_templates templates cover.
SELECT
    CAST(sum(messages) FILTER (WHERE place <= $top_templates AND template_id IS NOT NULL) AS DOUBLE) / sum(messages)
        AS covered
FROM (
    SELECT
        template_id,
        messages,
        row_number() OVER (ORDER BY template_id IS NULL, messages DESC, template_id) AS place
    FROM (SELECT template_id, count(*) AS messages FROM refusals GROUP BY template_id)
)
