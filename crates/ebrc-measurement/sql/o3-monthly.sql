SELECT to_char(day, '%Y-%m') AS month, count(*) AS mails
FROM mails
GROUP BY month
ORDER BY month
