SELECT
    u.addresses,
    m.senders,
    m.mails,
    u.omission,
    u.bitsquatting,
    u.replacement
FROM
    (
        SELECT
            count(DISTINCT recipient) AS addresses,
            CAST(count(*) FILTER (WHERE kind = 'omission') AS DOUBLE) / nullif(count(*), 0)
                AS omission,
            CAST(count(*) FILTER (WHERE kind = 'bitsquatting') AS DOUBLE) / nullif(count(*), 0)
                AS bitsquatting,
            CAST(count(*) FILTER (WHERE kind = 'replacement') AS DOUBLE) / nullif(count(*), 0)
                AS replacement
        FROM (SELECT DISTINCT recipient, kind FROM username_typos)
    ) AS u,
    (
        SELECT count(*) AS senders, coalesce(sum(mails), 0) AS mails
        FROM (
            SELECT sender, count(*) AS mails
            FROM bounces
            WHERE bounce_reason = 'username-typo'
            GROUP BY sender
        )
    ) AS m
