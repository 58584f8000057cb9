SELECT
    m.mails,
    m.days,
    (SELECT count(*) FROM (SELECT DISTINCT sender_domain FROM mails)) AS sender_domains,
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
            count(*) AS servers,
            count(DISTINCT country) AS countries,
            count(DISTINCT as_number) AS systems
        FROM servers
    ) AS s,
    (SELECT count(*) AS proxies, count(DISTINCT region) AS regions FROM proxies) AS p
