//! Hosts whose names say something about a refusal.

use std::sync::LazyLock;

use hashbrown::HashMap;

/// What a known domain is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A blocklist, or a service about the reputation of senders: its name
    /// says why, wherever it stands.
    Reputation,
    /// A filter, provider or standard, whose help pages say why; its other
    /// hosts say nothing.
    Help,
}

/// Domains with the words that stand for them. Sorted by domain.
#[rustfmt::skip]
const DOMAINS: &[(&str, &str, Role)] = {
    use Role::{Help, Reputation};
    &[
        ("0spam.org", "0spam", Reputation),
        ("126.com", "netease", Help),
        ("163.com", "netease", Help),
        ("188.com", "netease", Help),
        ("1und1.de", "ionos", Help),
        ("abuseat.org", "cbl abuseat", Reputation),
        ("abusix.com", "abusix", Reputation),
        ("abusix.org", "abusix", Reputation),
        ("abusix.zone", "abusix", Reputation),
        ("aliyun.com", "aliyun", Help),
        ("anti-spam.org.cn", "anti spam cn", Reputation),
        ("aol.com", "aol", Help),
        ("apple.com", "apple", Help),
        ("att.com", "att", Help),
        ("att.net", "att", Help),
        ("backscatterer.org", "backscatterer", Reputation),
        ("barracuda.com", "barracuda", Help),
        ("barracudacentral.com", "barracuda", Reputation),
        ("barracudacentral.org", "barracuda", Reputation),
        ("barracudanetworks.com", "barracuda", Help),
        ("blackberry.com", "blackberry", Help),
        ("blocklist.de", "blocklist", Reputation),
        ("charter.net", "charter", Help),
        ("checkpoint.com", "checkpoint", Help),
        ("cisco.com", "cisco", Help),
        ("cloudflare.com", "cloudflare", Help),
        ("cloudmark.com", "cloudmark", Reputation),
        ("comcast.com", "comcast", Help),
        ("comcast.net", "comcast", Help),
        ("cox.com", "cox", Help),
        ("cox.net", "cox", Help),
        ("cyren.com", "cyren", Reputation),
        ("daum.net", "daum", Help),
        ("dkim.org", "dkim", Help),
        ("dmarc.org", "dmarc", Help),
        ("dmarcian.com", "dmarc", Help),
        ("dnsbl.info", "dnsbl", Reputation),
        ("dnsbl.org", "dnsbl", Reputation),
        ("dnswl.org", "dnswl", Reputation),
        ("dronebl.org", "dronebl", Reputation),
        ("earthlink.net", "earthlink", Help),
        ("efnetrbl.org", "efnetrbl", Reputation),
        ("emailsrvr.com", "rackspace", Help),
        ("fortiguard.com", "fortiguard", Reputation),
        ("fortiguard.net", "fortiguard", Reputation),
        ("fortinet.com", "fortinet", Help),
        ("free.fr", "free", Help),
        ("gbudb.com", "gbudb", Reputation),
        ("gbudb.net", "gbudb", Reputation),
        ("gmail.com", "gmail", Help),
        ("gmx.com", "gmx", Help),
        ("gmx.net", "gmx", Help),
        ("godaddy.com", "godaddy", Help),
        ("google.com", "google", Help),
        ("greylisting.org", "greylisting", Help),
        ("hornetsecurity.com", "hornetsecurity", Help),
        ("hotmail.com", "hotmail", Help),
        ("icloud.com", "icloud", Help),
        ("ietf.org", "ietf", Help),
        ("inps.de", "inps", Reputation),
        ("invaluement.com", "invaluement", Reputation),
        ("ionos.com", "ionos", Help),
        ("ionos.de", "ionos", Help),
        ("junkemailfilter.com", "hostkarma junkemailfilter", Reputation),
        ("kundenserver.de", "ionos", Help),
        ("laposte.net", "laposte", Help),
        ("libero.it", "libero", Help),
        ("linkedin.com", "linkedin", Help),
        ("live.com", "live", Help),
        ("mail-abuse.com", "mail abuse", Reputation),
        ("mail-abuse.org", "mail abuse", Reputation),
        ("mail.com", "mail com", Help),
        ("mail.ru", "mail ru", Help),
        ("mailchannels.com", "mailchannels", Help),
        ("mailchannels.net", "mailchannels", Help),
        ("mailspike.net", "mailspike", Reputation),
        ("mailspike.org", "mailspike", Reputation),
        ("manitu.net", "manitu", Reputation),
        ("messagelabs.com", "messagelabs", Help),
        ("microsoft.com", "microsoft", Help),
        ("mimecast.com", "mimecast", Help),
        ("msn.com", "msn", Help),
        ("mxtoolbox.com", "mxtoolbox", Reputation),
        ("naver.com", "naver", Help),
        ("netease.com", "netease", Help),
        ("nixspam.org", "nixspam", Reputation),
        ("njabl.org", "njabl", Reputation),
        ("nszones.com", "nszones", Reputation),
        ("office.com", "office", Help),
        ("office365.com", "office", Help),
        ("open-spf.org", "spf", Help),
        ("openspf.net", "spf", Help),
        ("openspf.org", "spf", Help),
        ("orange.fr", "orange", Help),
        ("ordb.org", "ordb", Reputation),
        ("outlook.com", "outlook", Help),
        ("ovh.net", "ovh", Help),
        ("pobox.com", "pobox", Help),
        ("projecthoneypot.org", "project honeypot", Reputation),
        ("proofpoint.com", "proofpoint", Help),
        ("protection.outlook.com", "outlook", Help),
        ("psbl.org", "psbl", Reputation),
        ("qq.com", "qq", Help),
        ("rackspace.com", "rackspace", Help),
        ("rambler.ru", "rambler", Help),
        ("rbl.jp", "rbl", Reputation),
        ("returnpath.com", "return path", Reputation),
        ("returnpath.net", "return path", Reputation),
        ("rfc-clueless.org", "rfc clueless", Reputation),
        ("rfc-editor.org", "rfc", Help),
        ("rfc-ignorant.org", "rfc ignorant", Reputation),
        ("rfxn.com", "rfxn", Reputation),
        ("secureserver.net", "godaddy", Help),
        ("senderbase.org", "senderbase", Reputation),
        ("senderscore.com", "senderscore", Reputation),
        ("senderscore.net", "senderscore", Reputation),
        ("senderscore.org", "senderscore", Reputation),
        ("seznam.cz", "seznam", Help),
        ("sfr.fr", "sfr", Help),
        ("sina.com.cn", "sina", Help),
        ("sohu.com", "sohu", Help),
        ("sophos.com", "sophos", Help),
        ("sorbs.net", "sorbs", Reputation),
        ("spam-rbl.com", "spam rbl", Reputation),
        ("spamcannibal.org", "spamcannibal", Reputation),
        ("spamcop.net", "spamcop", Reputation),
        ("spameatingmonkey.net", "spameatingmonkey", Reputation),
        ("spamexperts.com", "spamexperts", Help),
        ("spamhaus.com", "spamhaus", Reputation),
        ("spamhaus.net", "spamhaus", Reputation),
        ("spamhaus.org", "spamhaus", Reputation),
        ("spamrats.com", "spamrats", Reputation),
        ("spectrum.net", "spectrum", Help),
        ("spfbl.net", "spfbl", Reputation),
        ("suomispam.net", "suomispam", Reputation),
        ("support-intelligence.net", "support intelligence", Reputation),
        ("surbl.org", "surbl", Reputation),
        ("surriel.com", "psbl surriel", Reputation),
        ("swinog.ch", "swinog", Reputation),
        ("symantec.com", "symantec", Help),
        ("symanteccloud.com", "symantec", Help),
        ("t-online.de", "t online", Help),
        ("talosintelligence.com", "talos", Reputation),
        ("terra.com.br", "terra", Help),
        ("trendmicro.com", "trendmicro", Reputation),
        ("trustedsource.org", "trustedsource", Reputation),
        ("uceprotect.net", "uceprotect", Reputation),
        ("uol.com.br", "uol", Help),
        ("uribl.com", "uribl", Reputation),
        ("vadesecure.com", "vadesecure", Help),
        ("validity.com", "validity", Reputation),
        ("valli.org", "multirbl valli", Reputation),
        ("verizon.com", "verizon", Help),
        ("verizon.net", "verizon", Help),
        ("virgilio.it", "virgilio", Help),
        ("virusfree.cz", "virusfree", Reputation),
        ("web.de", "web de", Help),
        ("wpbl.info", "wpbl", Reputation),
        ("xfinity.com", "xfinity", Help),
        ("yahoo.co.jp", "yahoo", Help),
        ("yahoo.com", "yahoo", Help),
        ("yahooinc.com", "yahoo", Help),
        ("yandex.com", "yandex", Help),
        ("yandex.ru", "yandex", Help),
        ("ziggo.nl", "ziggo", Help),
        ("zoho.com", "zoho", Help),
    ]
};

/// Every message asks for several hosts: they are not searched for.
static BY_DOMAIN: LazyLock<HashMap<&[u8], (&str, Role)>> = LazyLock::new(|| {
    let entries = DOMAINS.iter();
    entries
        .map(|(domain, words, role)| (domain.as_bytes(), (*words, *role)))
        .collect()
});

/// The longest of the domains, in bytes.
const LONGEST: usize = 24;

/// The words and the role of a host, found by its domain and those above it.
pub(crate) fn find(host: &str) -> Option<(&'static str, Role)> {
    let mut lower = [0; LONGEST];
    // From the shortest domain that may be known (`a.b`) to the longest.
    let mut best = None;
    let mut start = host.len();
    while let Some(dot) = host.as_bytes()[..start]
        .iter()
        .rposition(|&byte| byte == b'.')
    {
        start = dot;
        best = look_up(&host.as_bytes()[dot + 1..], &mut lower).or(best);
    }
    look_up(host.as_bytes(), &mut lower).or(best)
}

fn look_up(domain: &[u8], lower: &mut [u8; LONGEST]) -> Option<(&'static str, Role)> {
    let lower = lower.get_mut(..domain.len())?;
    lower.copy_from_slice(domain);
    lower.make_ascii_lowercase();
    BY_DOMAIN.get(&*lower).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domains_are_sorted_and_none_is_longer_than_the_longest() {
        assert!(DOMAINS.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(
            DOMAINS.iter().map(|(name, ..)| name.len()).max(),
            Some(LONGEST)
        );
    }

    #[test]
    fn a_host_is_known_by_its_domain() {
        let words = |host| find(host).map(|(words, _)| words);
        assert_eq!(words("4.3.2.1.ZEN.Spamhaus.org"), Some("spamhaus"));
        assert_eq!(words("spamhaus.org"), Some("spamhaus"));
        assert_eq!(words("notspamhaus.org"), None);
        assert_eq!(words("spamhaus.org.b.com"), None);
        assert_eq!(words("e.mail.ru"), Some("mail ru"));
        assert_eq!(words("b.com"), None);
        assert_eq!(words(""), None);
    }
}
