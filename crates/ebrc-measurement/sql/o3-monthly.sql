SELECT to_char(day, '%Y-%m') AS month, CAST(sum(mails) AS BIGINT) AS mails
FROM (SELECT day, count(*) AS mails FROM mails GROUP BY day)
GROUP BY month
ORDER BY month
