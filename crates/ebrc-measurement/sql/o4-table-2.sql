-- Table 2: mails by what bounced them; one with several types may count in
-- several rows. Bulk spam cannot be told without a breach list. The base are the bounced mails with a type.
SELECT
    p.root_cause,
    p.types,
    p.bounce_reason,
    p.degree,
    p.causative_entity,
    CASE
        WHEN p.bounce_reason <> 'bulk-spam' OR $has_breach_list THEN coalesce(b.mails, 0)
    END AS mails,
    CASE
        WHEN p.bounce_reason <> 'bulk-spam' OR $has_breach_list
            THEN CAST(coalesce(b.mails, 0) AS DOUBLE) / base.mails
    END AS share,
    p.paper_share
FROM table_2 AS p
LEFT JOIN (
    SELECT bounce_reason, count(*) AS mails
    FROM bounces
    WHERE bounce_reason IS NOT NULL
    GROUP BY bounce_reason
) AS b ON p.bounce_reason = b.bounce_reason,
(SELECT count(*) FILTER (WHERE is_major) AS mails FROM bounces) AS base
ORDER BY p.place
