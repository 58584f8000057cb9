SELECT
    count(DISTINCT sender_domain) AS sender_domains,
    coalesce(sum(refused_mails), 0) AS refused_mails,
    coalesce(sum(usernames), 0) AS usernames,
    coalesce(sum(hits), 0) AS hits,
    CAST(sum(hits) AS DOUBLE) / sum(usernames) AS hit_share,
    coalesce(sum(hit_mails), 0) AS hit_mails
FROM guessing
