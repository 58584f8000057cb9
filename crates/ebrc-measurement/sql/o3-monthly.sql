SELECT substr(CAST(day AS VARCHAR), 1, 7) AS month, count(*) AS mails
FROM mails
GROUP BY month
ORDER BY month
