use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Match};

/// What a reply calls a list, and whose it is. A longer one wins over a shorter
/// one at the same place.
const LISTS: &[(&str, &str)] = &[
    ("spamhaus", "Spamhaus"),
    ("spam haus", "Spamhaus"),
    ("sbl", "Spamhaus"),
    ("xbl", "Spamhaus"),
    ("pbl", "Spamhaus"),
    ("sbl-xbl", "Spamhaus"),
    ("spamcop", "SpamCop"),
    ("barracudacentral", "Barracuda"),
    ("barracudanetworks", "Barracuda"),
    ("barracuda", "Barracuda"),
    ("brbl", "Barracuda"),
    ("sorbs", "SORBS"),
    ("uceprotect", "UCEPROTECT"),
    ("proofpoint", "Proofpoint"),
    ("pdr", "Proofpoint"),
    ("cloudmark", "Cloudmark"),
    ("csi global", "Cloudmark"),
    ("trend micro", "Trend Micro"),
    ("trendmicro", "Trend Micro"),
    ("mail-abuse.com", "Trend Micro"),
    ("mail-abuse.org", "Trend Micro"),
    ("invaluement", "Invaluement"),
    ("ivmsip", "Invaluement"),
    ("psbl", "PSBL"),
    ("surriel.com", "PSBL"),
    ("mailspike", "Mailspike"),
    ("abusix", "Abusix"),
    ("0spam", "0Spam"),
    ("abuseat", "Abuseat CBL"),
    ("senderscore", "Sender Score"),
    ("sender score", "Sender Score"),
    ("returnpath", "Sender Score"),
    ("return path", "Sender Score"),
    ("senderbase", "Cisco Talos"),
    ("talosintelligence", "Cisco Talos"),
    ("talos", "Cisco Talos"),
    ("spamrats", "SpamRATS"),
    ("gbudb", "Truncate"),
    ("backscatterer", "Backscatterer"),
    ("manitu.net", "NiX Spam"),
    ("nix spam", "NiX Spam"),
    ("nixspam", "NiX Spam"),
    ("njabl", "NJABL"),
    ("dsbl.org", "DSBL"),
    ("ordb", "ORDB"),
    ("surbl", "SURBL"),
    ("uribl", "URIBL"),
    ("hostkarma", "Hostkarma"),
    ("junkemailfilter", "Hostkarma"),
    ("nordspam", "NordSpam"),
    ("spfbl", "SPFBL"),
    ("s5h.net", "s5h"),
    ("dronebl", "DroneBL"),
    ("blocklist.de", "blocklist.de"),
    ("interserver.net", "InterServer"),
    ("anti-spam.org.cn", "CASA"),
    ("kisarbl", "KISA"),
    ("kisa-rbl", "KISA"),
    ("kisa rbl", "KISA"),
    ("spameatingmonkey", "Spam Eating Monkey"),
    ("lashback", "LashBack"),
    ("wpbl", "WPBL"),
    ("swinog", "SWINOG"),
    ("suomispam", "Suomispam"),
];

/// Names so long that letters after them belong to them (`spamhaus_zen`,
/// `uceprotectl2`).
const UNMISTAKABLE: usize = 7;

static NAMES: LazyLock<AhoCorasick> = LazyLock::new(|| super::words(LISTS.iter().map(|l| l.0)));

/// The blocklist that a reply names, by the name of who runs it (section
/// 4.2.2: "NDR messages can prompt the blocklist hit by the email source").
///
/// Of several, the first one in the reply. A list's zone (`zen.spamhaus.org`),
/// its web page and its everyday name (`PBL`) all count. Names inside of mail
/// addresses do not. The caller asks for T5: a filter's name also stands in
/// replies about spam and authentication.
#[must_use]
pub fn blocklist_named(reply: &str) -> Option<&'static str> {
    NAMES
        .find_iter(reply)
        .find(|found| is_word(reply, found) && !is_in_address(reply, found))
        .and_then(|found| LISTS.get(found.pattern().as_usize()))
        .map(|list| list.1)
}

fn is_word(reply: &str, found: &Match) -> bool {
    let bytes = reply.as_bytes();
    let before = found.start().checked_sub(1).and_then(|at| bytes.get(at));
    let after = bytes.get(found.end());
    let ends = |byte: Option<&u8>| !byte.is_some_and(u8::is_ascii_alphanumeric);
    ends(before) && (found.len() >= UNMISTAKABLE || ends(after))
}

fn is_in_address(reply: &str, found: &Match) -> bool {
    let is_end = |c: char| c.is_whitespace() || "<>()[]\"',;".contains(c);
    let start = reply[..found.start()].rfind(is_end).unwrap_or(0);
    let end = reply[found.end()..]
        .find(is_end)
        .map_or(reply.len(), |end| found.end() + end);
    let word = &reply[start..end];
    word.contains('@') && !word.contains("://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_one_name_each() {
        for (reply, list) in [
            ("554 blocked using zen.spamhaus.org", "Spamhaus"),
            ("550 1.2.3.4 is listed at SPAMHAUS", "Spamhaus"),
            ("client 1.2.3.4 not authorized, PBL listed", "Spamhaus"),
            ("blocked by sbl-xbl.spamhaus.org; see sorbs", "Spamhaus"),
            (
                "blocked using bl.spamcop.net; see zen.spamhaus.org",
                "SpamCop",
            ),
            ("4.3.2.1.dnsbl-2.uceprotect.net", "UCEPROTECT"),
            ("UCEPROTECTL3 lists your network", "UCEPROTECT"),
            (
                "Blocked - see https://ipcheck.proofpoint.com/?ip=1.2.3.4",
                "Proofpoint",
            ),
            (
                "https://a.example/?mail=a@b.example&from=spamhaus",
                "Spamhaus",
            ),
            ("见 Spamhaus 黑名单", "Spamhaus"),
        ] {
            assert_eq!(blocklist_named(reply), Some(list), "{reply}");
        }
    }

    #[test]
    fn other_words_are_no_list() {
        for reply in [
            "",
            "250 ok",
            "blocked by our local blocklist",
            "<psbl@barracuda.example>: user unknown",
            "sblotto is not here; SBRBL says so",
        ] {
            assert_eq!(blocklist_named(reply), None, "{reply}");
        }
    }
}
