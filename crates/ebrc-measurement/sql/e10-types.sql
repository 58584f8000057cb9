-- Mails by type; one with several types counts for each. The base are the
-- bounced mails with a type. T16 stands last, as the paper has it apart.
SELECT
    t.type,
    t.mails,
    CAST(t.mails AS DOUBLE) / base.mails AS share,
    p.value AS paper_share
FROM (
    SELECT type, count(*) AS mails
    FROM (SELECT unnest(types) AS type FROM mails WHERE degree <> 'non-bounced')
    GROUP BY type
) AS t
CROSS JOIN (
    SELECT count(*) AS mails
    FROM mails
    WHERE degree <> 'non-bounced' AND cardinality(types) > 0
) AS base
LEFT JOIN paper AS p ON p.artefact = 'E10' AND p.row_name = t.type
ORDER BY CAST(replace(t.type, 'T', '') AS INT)
