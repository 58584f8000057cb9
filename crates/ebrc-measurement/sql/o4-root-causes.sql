SELECT
    c.root_cause,
    CASE
        WHEN c.root_cause <> 'Malicious Email Behavior' OR $has_breach_list
            THEN coalesce(b.mails, 0)
    END AS mails,
    CASE
        WHEN c.root_cause <> 'Malicious Email Behavior' OR $has_breach_list
            THEN CAST(coalesce(b.mails, 0) AS DOUBLE) / base.mails
    END AS share,
    c.paper_share
FROM (
    SELECT root_cause, min(place) AS place, max(paper_cause_share) AS paper_share
    FROM table_2
    GROUP BY root_cause
) AS c
LEFT JOIN (
    SELECT root_cause, count(*) AS mails
    FROM bounces
    WHERE root_cause IS NOT NULL
    GROUP BY root_cause
) AS b ON c.root_cause = b.root_cause,
(SELECT count(*) FILTER (WHERE is_major) AS mails FROM bounces) AS base
ORDER BY c.place
