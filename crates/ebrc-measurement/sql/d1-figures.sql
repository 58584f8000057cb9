SELECT
    count(*) AS mails,
    count(*) FILTER (WHERE flag = 'Spam' AND attempts > 1) AS spam_sent_again,
    count(*) FILTER (WHERE flag IS NULL) AS without_flag,
    count(*) FILTER (WHERE degree <> 'hard-bounced' AND latency_ms IS NULL) AS without_latency
FROM mails
