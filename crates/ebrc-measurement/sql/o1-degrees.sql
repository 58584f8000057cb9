SELECT degree, count(*) AS mails, CAST(count(*) AS DOUBLE) / sum(count(*)) OVER () AS share
FROM mails
GROUP BY degree
ORDER BY degree DESC
