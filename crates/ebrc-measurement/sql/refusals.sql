-- Table `refusals`: one row a refused attempt, with the day on which its mail
-- was first sent.
SELECT
    day,
    flag,
    receiver_domain,
    nullif(proxy, '') AS proxy,
    type,
    template_id,
    has_enhanced_code(reply) AS has_enhanced_code,
    CASE WHEN type = 'T5' THEN blocklist_named(reply) END AS blocklist
FROM (
    SELECT
        CAST(start_time AS DATE) AS day,
        email_flag AS flag,
        domain("to") AS receiver_domain,
        unnest(from_ip) AS proxy,
        unnest(delivery_result) AS reply,
        unnest(type) AS type,
        unnest(template_id) AS template_id
    FROM annotated
    WHERE first_accepted(delivery_result) <> 1
)
WHERE type IS NOT NULL
