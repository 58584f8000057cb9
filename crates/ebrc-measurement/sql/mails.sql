-- Table `mails`: one row a mail. The degree is that of section 2.2: the first
-- attempt accepted, a later one, or none. Addresses are compared in lower case,
-- their domains as IDNA writes them.
SELECT
    coalesce(lower(user_name("from")) || '@' || domain("from"), lower("from")) AS sender,
    domain("from") AS sender_domain,
    coalesce(lower(user_name("to")) || '@' || domain("to"), lower("to")) AS recipient,
    domain("to") AS receiver_domain,
    start_time,
    CAST(start_time AS DATE) AS day,
    CAST(cardinality(delivery_result) AS INT) AS attempts,
    CASE first_accepted(delivery_result)
        WHEN 0 THEN 'hard-bounced'
        WHEN 1 THEN 'non-bounced'
        ELSE 'soft-bounced'
    END AS degree,
    email_flag AS flag,
    proxy,
    country(proxy) AS region,
    server,
    country(server) AS country,
    as_number(server) AS as_number,
    CASE
        WHEN first_accepted(delivery_result) = 0 THEN NULL
        WHEN $latency_is_elapsed THEN
            1000 * (CAST(end_time AS BIGINT) - CAST(start_time AS BIGINT))
        ELSE CAST(delivery_latency[first_accepted(delivery_result)] AS BIGINT)
    END AS latency_ms,
    distinct_types(type) AS types,
    major_type(type) AS major_type,
    coalesce(array_has(type, 'ambiguous'), false) AS has_ambiguous,
    blocklists_named(delivery_result, type) AS blocklists,
    first_authentication_failed(delivery_result, type) AS authentication,
    any_says_inactive(delivery_result, type) AS says_inactive,
    any_requires_tls(delivery_result, type) AS requires_tls,
    any_names_greylisting(delivery_result, type) AS names_greylisting,
    CASE WHEN $keep_truth THEN truth_cause END AS truth_cause,
    CASE WHEN $keep_truth THEN distinct_types(truth_type) END AS truth_types
FROM (
    SELECT
        *,
        CASE
            WHEN $proxy_is_last THEN last_filled(from_ip)
            ELSE first_filled(from_ip)
        END AS proxy,
        CASE
            WHEN $server_is_first THEN first_filled(to_ip)
            ELSE last_filled(to_ip)
        END AS server
    FROM annotated
)
