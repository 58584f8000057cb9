-- What the log has: an artefact whose column is 0 is not measurable.
SELECT
    count(flag) AS flags,
    count(latency_ms) AS latencies,
    count(*) FILTER (WHERE attempts > 1) AS retries,
    count(server) AS servers,
    count(proxy) AS proxies
FROM mails
