SELECT CAST(sum(cardinality(types)) AS DOUBLE) / nullif(count(*), 0) AS types_a_mail
FROM mails
WHERE degree <> 'non-bounced' AND cardinality(types) > 0
