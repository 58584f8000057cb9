SELECT
    count(*) AS mails,
    count(DISTINCT sender_domain) AS sender_domains,
    CAST(count(*) FILTER (WHERE authentication = 'both') AS DOUBLE)
        / nullif(count(authentication), 0) AS both,
    CAST(count(*) FILTER (WHERE authentication = 'either') AS DOUBLE)
        / nullif(count(authentication), 0) AS either,
    CAST(count(*) FILTER (WHERE authentication = 'dmarc') AS DOUBLE)
        / nullif(count(authentication), 0) AS dmarc
FROM mails
WHERE array_has(types, 'T3') AND degree = 'hard-bounced'
