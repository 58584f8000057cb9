SELECT sender_domain, receiver_domain, people, usernames, refused_mails, hits, hit_mails
FROM guessing
ORDER BY refused_mails DESC, sender_domain, receiver_domain
