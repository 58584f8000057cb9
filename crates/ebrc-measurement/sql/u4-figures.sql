-- Inactive addresses: refused as T8 with words that say so. A text that is T9
-- too ("over quota and inactive") counts as T9, since its type decides.
SELECT
    count(*) AS addresses,
    count(*) FILTER (WHERE accepted = 0) AS always_inactive,
    coalesce(sum(inactive), 0) AS mails
FROM (
    SELECT
        m.recipient,
        count(*) FILTER (WHERE m.says_inactive AND m.degree = 'hard-bounced') AS inactive,
        count(*) FILTER (WHERE m.degree <> 'hard-bounced') AS accepted
    FROM mails AS m
    JOIN (
        SELECT DISTINCT recipient FROM mails WHERE says_inactive AND degree = 'hard-bounced'
    ) AS i ON m.recipient = i.recipient
    GROUP BY m.recipient
)
