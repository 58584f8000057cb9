SELECT
    m.mails,
    m.days,
    (SELECT count(*) FROM (SELECT DISTINCT sender_domain FROM mails WHERE sender_domain IS NOT NULL)) AS sender_domains,
    (SELECT count(*) FROM receiver_domains) AS receiver_domains,
    s.servers,
    s.countries,
    s.systems,
    p.proxies,
    p.regions
FROM
    (SELECT count(*) AS mails, max(day) - min(day) + 1 AS days FROM mails) AS m,
    (
        SELECT
            nullif(count(*), 0) AS servers,
            nullif(count(DISTINCT country), 0) AS countries,
            nullif(count(DISTINCT as_number), 0) AS systems
        FROM servers
    ) AS s,
    (SELECT nullif(count(*), 0) AS proxies, nullif(count(DISTINCT region), 0) AS regions FROM proxies) AS p
