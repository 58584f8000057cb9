-- Rows of Table 2 over the bounced mails with a type, as the paper adds them up.
SELECT
    CAST(
        count(*) FILTER (
            WHERE root_cause IN ('Malicious Email Behavior', 'Spam Blocking Policy')
        ) AS DOUBLE
    ) / nullif(count(*) FILTER (WHERE is_major), 0) AS active_protective,
    CAST(
        count(*) FILTER (
            WHERE root_cause NOT IN ('Malicious Email Behavior', 'Spam Blocking Policy')
        ) AS DOUBLE
    ) / nullif(count(*) FILTER (WHERE is_major), 0) AS passive_accidental,
    CAST(count(*) FILTER (WHERE is_major AND root_cause IS NULL) AS DOUBLE)
        / nullif(count(*) FILTER (WHERE is_major), 0) AS without_row
FROM bounces
