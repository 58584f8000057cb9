SELECT t.recipient, t.right_recipient, t.kind, count(*) AS mails
FROM username_typos AS t
JOIN bounces AS m ON t.sender = m.sender AND t.recipient = m.recipient
WHERE m.bounce_reason = 'username-typo'
GROUP BY t.recipient, t.right_recipient, t.kind
ORDER BY mails DESC, t.recipient, t.right_recipient, t.kind
