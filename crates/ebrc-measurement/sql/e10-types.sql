-- Mails by type; one with several types counts for each. The base are the
-- bounced mails with a type. T16 stands last, as the paper has it apart.
SELECT type, mails, share, p.value AS paper_share
FROM (
    SELECT
        type,
        count(*) AS mails,
        CAST(count(*) AS DOUBLE) / max(base.mails) AS share
    FROM
        (SELECT unnest(types) AS type FROM mails WHERE degree <> 'non-bounced'),
        (
            SELECT count(*) AS mails
            FROM mails
            WHERE degree <> 'non-bounced' AND cardinality(types) > 0
        ) AS base
    GROUP BY type
)
LEFT JOIN paper AS p ON p.artefact = 'E10' AND p.row_name = type
ORDER BY CAST(replace(type, 'T', '') AS INT)
