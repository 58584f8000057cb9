-- View `true_episodes`: what was broken from when to when.
SELECT
    kind,
    subject,
    CAST("from" AS TIMESTAMP(0)) AS start_time,
    CAST(coalesce("to", '9999-12-31 00:00:00') AS TIMESTAMP(0)) AS end_time
FROM truth_episodes
