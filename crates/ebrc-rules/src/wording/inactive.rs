use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

static LACK_OF_USE: LazyLock<AhoCorasick> = LazyLock::new(|| {
    super::words([
        "inactiv",
        "in-active",
        "not active",
        "no longer active",
        "isn't active",
        "dormant",
        "hibernat",
        "not been used",
        "hasn't been used",
        "not used for",
        "unused for",
        "days unused",
        "months unused",
        "lack of use",
        "non-use",
        "not signed in",
        "not logged in",
        "no login",
        "idle for",
        "idle account",
        "idle mailbox",
        // German, French, Italian, Spanish, Portuguese
        "inaktiv",
        "inactif",
        "inutilis",
        "inattiv",
        "inutilizz",
        "mancato utilizzo",
        "falta de uso",
        "inativ",
        "sin uso",
        // Dutch, Polish, Czech, Swedish
        "inactief",
        "nieaktywn",
        "braku logowania",
        "nieużywan",
        "neaktivn",
        // As written: Russian and Ukrainian, Chinese, Korean, Japanese
        "еактивн",
        "еиспользован",
        "е использу",
        "长期未",
        "長期未",
        "未登录",
        "休眠",
        "不活跃",
        "휴면",
        "長期間",
        "長期に",
    ])
});

/// An account that somebody or something else made inactive.
static NO_LACK_OF_USE: LazyLock<AhoCorasick> = LazyLock::new(|| {
    super::words([
        // Senders' lists of addresses that bounced before.
        "hard bounce",
        "marked inactive",
        "marked as inactive",
    ])
});

/// Whether a reply says that the address is inactive for lack of use (section
/// 4.3.2: "no use or login activity for an extended period").
///
/// The words for that count: inactive, dormant, unused, in the languages of the
/// catalogue. Disabled, deactivated, suspended, expired, closed do not: such an
/// account may have been in use until somebody ended it.
///
/// The caller asks for T8. Replies of T9 say so too ("over quota and
/// inactive"); there the full mailbox is what keeps the mail out.
#[must_use]
pub fn is_inactive(reply: &str) -> bool {
    LACK_OF_USE.is_match(reply) && !NO_LACK_OF_USE.is_match(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lack_of_use_counts_and_other_ends_do_not() {
        for reply in [
            "550 5.2.1 The email account that you tried to reach is inactive.",
            "550 DORMANT account",
            "550 blocked due to inactivity",
            "550 Dieses Konto wurde wegen Inaktivität stillgelegt",
            "550 对方帐号因长期未登录已被冻结",
        ] {
            assert!(is_inactive(reply), "{reply}");
        }
        for reply in [
            "550 5.2.1 The email account that you tried to reach is disabled.",
            "550 account suspended",
            "550 mailbox closed by its owner",
            "You tried to send to a recipient marked inactive after a hard bounce",
            "",
        ] {
            assert!(!is_inactive(reply), "{reply}");
        }
    }
}
