SELECT
    r.unresolved,
    d.domains,
    d.endings,
    m.senders,
    m.mails,
    d.omission,
    d.replacement,
    d.bitsquatting
FROM
    (
        SELECT
            count(*) FILTER (WHERE part = 'name') AS domains,
            count(*) FILTER (WHERE part = 'ending') AS endings,
            CAST(count(*) FILTER (WHERE part = 'name' AND kind = 'omission') AS DOUBLE)
                / nullif(count(*) FILTER (WHERE part = 'name'), 0) AS omission,
            CAST(count(*) FILTER (WHERE part = 'name' AND kind = 'replacement') AS DOUBLE)
                / nullif(count(*) FILTER (WHERE part = 'name'), 0) AS replacement,
            CAST(count(*) FILTER (WHERE part = 'name' AND kind = 'bitsquatting') AS DOUBLE)
                / nullif(count(*) FILTER (WHERE part = 'name'), 0) AS bitsquatting
        FROM domain_typos
    ) AS d,
    (
        SELECT count(*) AS senders, coalesce(sum(mails), 0) AS mails
        FROM (
            SELECT m.sender, count(*) AS mails
            FROM mails AS m
            JOIN domain_typos AS t ON m.receiver_domain = t.receiver_domain
            WHERE m.degree = 'hard-bounced' AND t.part = 'name'
            GROUP BY m.sender
        )
    ) AS m,
    (SELECT count(*) AS unresolved FROM receiver_domains WHERE NOT has_resolved) AS r
