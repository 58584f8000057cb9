-- View `bounces`: one row for each type that a bounced mail met; mails whose
-- refusals are all ambiguous have none. `bounce_reason`, `root_cause` and
-- `causative_entity` are those of Table 2; null is what that table has no row
-- for. `is_major` marks the type that stands for the mail.
SELECT
    *,
    CASE bounce_reason
        WHEN 'username-guess' THEN 'Malicious Email Behavior'
        WHEN 'bulk-spam' THEN 'Malicious Email Behavior'
        WHEN 'blocklisted' THEN 'Spam Blocking Policy'
        WHEN 'greylisted' THEN 'Spam Blocking Policy'
        WHEN 'sender-too-fast' THEN 'Spam Blocking Policy'
        WHEN 'spam-content' THEN 'Spam Blocking Policy'
        WHEN 'recipient-flooded' THEN 'Spam Blocking Policy'
        WHEN 'authentication-failure' THEN 'Server Manager Misconfiguration'
        WHEN 'no-starttls' THEN 'Server Manager Misconfiguration'
        WHEN 'mx-error' THEN 'Server Manager Misconfiguration'
        WHEN 'domain-typo' THEN 'Improper User Operation'
        WHEN 'username-typo' THEN 'Improper User Operation'
        WHEN 'recipient-inactive' THEN 'Improper User Operation'
        WHEN 'mailbox-full' THEN 'Improper User Operation'
        WHEN 'timeout' THEN 'Poor Email Infrastructure'
    END AS root_cause,
    CASE bounce_reason
        WHEN 'username-guess' THEN 'Attacker'
        WHEN 'bulk-spam' THEN 'Attacker'
        WHEN 'blocklisted' THEN 'Receiver mail server'
        WHEN 'greylisted' THEN 'Receiver mail server'
        WHEN 'sender-too-fast' THEN 'Receiver mail server'
        WHEN 'spam-content' THEN 'Receiver mail server'
        WHEN 'recipient-flooded' THEN 'Receiver mail server'
        WHEN 'authentication-failure' THEN 'Sender name server'
        WHEN 'no-starttls' THEN 'Sender mail server'
        WHEN 'mx-error' THEN 'Receiver name server'
        WHEN 'domain-typo' THEN 'Sender'
        WHEN 'username-typo' THEN 'Sender'
        WHEN 'recipient-inactive' THEN 'Receiver'
        WHEN 'mailbox-full' THEN 'Receiver'
    END AS causative_entity
FROM (
    SELECT
        *,
        type = major_type AS is_major,
        CASE
            WHEN type = 'T8' AND is_hard AND is_guess THEN 'username-guess'
            WHEN type IN ('T8', 'T13') AND is_hard AND is_bulk_spam THEN 'bulk-spam'
            WHEN type = 'T5' THEN 'blocklisted'
            WHEN type = 'T6' THEN 'greylisted'
            WHEN type = 'T7' AND NOT is_hard THEN 'sender-too-fast'
            WHEN type = 'T13' AND is_hard THEN 'spam-content'
            WHEN type = 'T11' AND is_hard THEN 'recipient-flooded'
            WHEN type = 'T3' AND is_hard THEN 'authentication-failure'
            WHEN type = 'T4' AND NOT is_hard THEN 'no-starttls'
            WHEN type = 'T2' AND is_hard AND is_domain_typo THEN 'domain-typo'
            WHEN type = 'T2' AND is_hard AND is_mx_error THEN 'mx-error'
            WHEN type = 'T8' AND is_hard AND says_inactive THEN 'recipient-inactive'
            WHEN type = 'T8' AND is_hard AND is_username_typo THEN 'username-typo'
            WHEN type = 'T9' AND is_hard THEN 'mailbox-full'
            WHEN type = 'T14' AND NOT is_hard THEN 'timeout'
        END AS bounce_reason
    FROM (
        SELECT
            m.*,
            unnest(m.types) AS type,
            m.degree = 'hard-bounced' AS is_hard,
            g.sender_domain IS NOT NULL AS is_guess,
            b.sender_domain IS NOT NULL AS is_bulk_spam,
            d.receiver_domain IS NOT NULL AS is_domain_typo,
            u.recipient IS NOT NULL AS is_username_typo,
            e.subject IS NOT NULL AS is_mx_error
        FROM mails AS m
        LEFT JOIN guessing AS g
            ON m.sender_domain = g.sender_domain AND m.receiver_domain = g.receiver_domain
        LEFT JOIN bulk_spammers AS b ON m.sender_domain = b.sender_domain
        LEFT JOIN domain_typos AS d ON m.receiver_domain = d.receiver_domain
        LEFT JOIN username_typos AS u ON m.sender = u.sender AND m.recipient = u.recipient
        LEFT JOIN mx_episodes AS e
            ON m.receiver_domain = e.subject
            AND m.start_time >= e.start_time
            AND m.start_time <= e.last_failure
        WHERE m.degree <> 'non-bounced'
    )
)
