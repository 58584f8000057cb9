use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;
use serde::{Deserialize, Serialize};

/// Which checks of the sender a reply says have failed: the three classes of
/// section 4.3.1, which add up to 100% there and so share no mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authentication {
    /// SPF and DKIM both failed (the paper: 42.09%).
    Both,
    /// SPF or DKIM failed: one of them, either, or it is not said which
    /// (55.19%).
    Either,
    /// The reply names DMARC, or a policy that only DMARC has (2.72%, "at
    /// least").
    Dmarc,
}

static MECHANISMS: LazyLock<AhoCorasick> =
    LazyLock::new(|| super::words(MECHANISM_NAMES.into_iter().map(|name| name.0)));
const MECHANISM_NAMES: [(&str, Mechanism); 7] = [
    ("dmarc", Mechanism::Dmarc),
    // What only its policies say.
    ("p=reject", Mechanism::Dmarc),
    ("p=quarantine", Mechanism::Dmarc),
    ("spf", Mechanism::Spf),
    ("sender policy framework", Mechanism::Spf),
    ("dkim", Mechanism::Dkim),
    ("domainkey", Mechanism::Dkim),
];

#[derive(Clone, Copy)]
enum Mechanism {
    Spf,
    Dkim,
    Dmarc,
}

/// What says that the sender is not authenticated, without a mechanism.
static UNNAMED: LazyLock<AhoCorasick> = LazyLock::new(|| {
    super::words([
        "unauthenticated",
        "not authenticated",
        "isn't authenticated",
        "authentication check",
        "sender authentication",
        "domain authentication",
        "mail authentication",
        "message authentication",
        "composite authentication",
        "compauth",
        "authentication level",
        "authentication of your domain",
        "authentication of the mail",
        "authenticate your domain",
        "sender id ",
        "sender id:",
        "sender-id",
        "senderid",
        "purported responsible",
        "permitted sender",
        "designated sender",
        "arc chain",
        "arc seal",
        "arc-seal",
        "arc_seal",
        "arc set",
        "arc verification",
        "arc validation",
        "arc=fail",
        "anti-spoof",
        "antispoof",
        "not aligned",
        "isn't aligned",
        "identifier alignment",
        "passing signature",
        "unsigned mail",
        "spoof",
        "v=spf1",
        "認証されていない",
        "なりすまし",
        "проверка подлинности",
    ])
});

/// Names both, and the words between or around join them.
static JOINED: LazyLock<Regex> = LazyLock::new(|| {
    let and = r"(?:\s*[&+]\s*|\s(?:and|as well as|nor|und|noch|et|ni|y|e|né|nem|i|ani|oraz|en|a|ve|и|ни)\s|\s?[和与及と]\s?)";
    let spf = r"\b(?:spf|sender policy framework)\b";
    let dkim = r"\b(?:dkim|domainkeys)\b";
    let near = r"[^.;:]{0,40}?";
    super::pattern(&format!(
        "(?:{spf}{near}{and}{near}{dkim}|{dkim}{near}{and}{near}{spf})"
    ))
});
static NEITHER: LazyLock<Regex> = LazyLock::new(|| {
    super::pattern(
        r"\b(?:both|neither|none of|nor|multiple authentication checks|all checks|no (?:valid )?(?:spf or dkim|dkim or spf)|w(?:ithout|/o) (?:spf or dkim|dkim or spf))\b",
    )
});
/// A result each.
static SPF_FAILED: LazyLock<Regex> = LazyLock::new(|| result("spf"));
static DKIM_FAILED: LazyLock<Regex> = LazyLock::new(|| result("dkim"));

fn result(mechanism: &str) -> Regex {
    let failed = r"(?:did(?: not|n't) pass|does not pass|(?:soft|hard)?fail|none|neutral|(?:perm|temp)error|invalid|missing)";
    super::pattern(&format!(
        r#"(?:\b{mechanism}\b[^=]{{0,120}}?[=:]\s*['"]?{failed}|\b{mechanism} (?:none|{failed})|\b(?:no|without)(?: a)?(?: valid| passing)? {mechanism}\b)"#
    ))
}

/// Which checks of the sender a reply says have failed; none if it does not
/// speak of them.
///
/// A reply that names DMARC is of that class whatever else it names: DMARC
/// decides by the results of SPF and DKIM, so its replies name them as well,
/// and the paper's "at least" counts by the name. Of the others, one that names
/// SPF and DKIM is of [`Authentication::Both`] if it joins them by *and*,
/// *both* or *neither*, or gives a failing result of each; what remains is
/// [`Authentication::Either`]. The paper's footnote 2 has an example of each.
///
/// The caller asks for T3: some replies that want a password use the same
/// words.
#[must_use]
pub fn authentication_failed(reply: &str) -> Option<Authentication> {
    let (mut spf, mut dkim) = (false, false);
    for found in MECHANISMS.find_iter(reply) {
        match MECHANISM_NAMES[found.pattern().as_usize()].1 {
            Mechanism::Dmarc => return Some(Authentication::Dmarc),
            Mechanism::Spf => spf = true,
            Mechanism::Dkim => dkim = true,
        }
    }
    match (spf, dkim) {
        (true, true) if both_failed(reply) => Some(Authentication::Both),
        (false, false) => UNNAMED.is_match(reply).then_some(Authentication::Either),
        _ => Some(Authentication::Either),
    }
}

fn both_failed(reply: &str) -> bool {
    (SPF_FAILED.is_match(reply) && DKIM_FAILED.is_match(reply))
        || JOINED.is_match(reply)
        || NEITHER.is_match(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paper_s_examples() {
        for (reply, class) in [
            (
                "421-4.7.0 This message does not pass authentication checks (SPF and DKIM both do not pass)",
                Authentication::Both,
            ),
            (
                "550-5.7.26 This message does not have authentication information or fails to pass authentication checks (SPF or DKIM)",
                Authentication::Either,
            ),
            (
                "550-5.7.26 Unauthenticated email from a.example is not accepted due to domain's DMARC policy",
                Authentication::Dmarc,
            ),
        ] {
            assert_eq!(authentication_failed(reply), Some(class));
        }
    }

    #[test]
    fn both_need_not_stand_side_by_side() {
        for reply in [
            "550 requires either SPF or DKIM. Authentication results: DKIM = did not pass SPF [a.example] with ip: [1.2.3.4] = did not pass",
            "(AUTH) sender domain failed authentication, neither SPF nor DKIM aligned",
            "spf=fail, dkim=fail",
            "Mail-From a.example without valid SPF and without DKIM is refused",
            "odesílatel a.example neprošel kontrolou SPF ani DKIM",
        ] {
            assert_eq!(
                authentication_failed(reply),
                Some(Authentication::Both),
                "{reply}"
            );
        }
    }

    #[test]
    fn one_or_an_unnamed_one_is_either() {
        for reply in [
            "550 SPF check failed",
            "550 bad DKIM signature data",
            "550 DKIM/SPF check: mail content unauthenticated",
            "550 SPF=fail; DKIM=pass",
            "550 your message is unauthenticated",
        ] {
            assert_eq!(
                authentication_failed(reply),
                Some(Authentication::Either),
                "{reply}"
            );
        }
    }

    #[test]
    fn other_replies_say_nothing_of_it() {
        for reply in ["", "550 user unknown", "535 5.7.8 wrong password"] {
            assert_eq!(authentication_failed(reply), None, "{reply}");
        }
    }
}
