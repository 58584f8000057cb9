SELECT
    count(*) AS messages,
    CAST(count(*) FILTER (WHERE NOT has_enhanced_code) AS DOUBLE) / nullif(count(*), 0)
        AS without_enhanced_code
FROM refusals
