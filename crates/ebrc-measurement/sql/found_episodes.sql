-- View `found_episodes`: those of all kinds, under the names of true causes.
SELECT 'broken-authentication' AS kind, subject, start_time, last_failure
FROM authentication_episodes
UNION ALL
SELECT 'receiver-mx-error' AS kind, subject, start_time, last_failure FROM mx_episodes
UNION ALL
SELECT 'mailbox-full-episode' AS kind, subject, start_time, last_failure
FROM mailbox_episodes
