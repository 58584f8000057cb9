use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

/// Without one of these no reply speaks of TLS.
static TOPIC: LazyLock<AhoCorasick> = LazyLock::new(|| {
    super::words([
        "tls",
        "ssl",
        "crypt",
        "secure",
        "plain",
        "clear",
        "chiffr",
        "cifr",
        "schlüssel",
        "schluessel",
        "加密",
        "暗号",
        "암호",
        "szyfr",
        "шифр",
        "šifr",
        "versleutel",
        "klartext",
    ])
});

/// The receiver asks for encryption.
static REQUIRED: LazyLock<Regex> = LazyLock::new(|| {
    let what = r"(?:start ?tls|require ?tls|tls|ssl|ssl/tls|encryption|encrypted (?:transport|connection|session|channel|delivery)|secure (?:connection|transport|channel|session)|session encryption)";
    let must = r"(?:required?|mandatory|needed|enforced|obligatory|compulsory|demanded|necessary)";
    let clear = r"(?:plain[- ]?text|clear[- ]?text|plain (?:connections?|smtp)|unencrypted|without (?:ssl/)?(?:tls|ssl|encryption|encrypting))";
    super::pattern(
        &[
            // "Must issue a STARTTLS command first"
            &format!(r"\b(?:must|have to|has to|please|need to|needs? to)(?: first)? (?:be )?(?:issue|use|say|speak|send|enable|negotiate|come over|start)[a-z]*(?: an?| the)? {what}\b"),
            // "STARTTLS is required", "TLS session is mandatory", "[TLS-MUST]"
            &format!(r"\b{what}(?:[ -](?:session|connection|command|layer|version|v?1\.\d\+?|encryption|\([a-z0-9. ]+\))){{0,2}}(?: is| are|:)?(?: now)? ?{must}\b"),
            &format!(r"\b(?:require[sd]?|demands?|insists? on|enforces?|forced?|mandatory|needs?)(?: an?| the| that| all| to| use| of| using| bulk| email| senders){{0,6}} {what}\b"),
            // "only over TLS", "TLS only", "no mail before STARTTLS"
            &format!(r"\b(?:only (?:over|via|with|through|by)|over|accepts) (?:an )?{what}(?: \(tls\))?(?: delivery)? only\b"),
            &format!(r"\bonly (?:over|via|with|through|by) (?:an )?{what}\b"),
            &format!(r"\b{what} only\b"),
            &format!(r"\b(?:first|before|until you (?:speak|use|issue)),? {what}\b"),
            &format!(r"\b{what}(?: command)?(?: needed)? (?:first|before)\b"),
            // "plaintext SMTP not accepted"
            &format!(r"\b{clear}(?:[ -][a-z]+){{0,5}}? (?:not (?:accepted|allowed|permitted|taken)|refused|rejected|disabled|prohibited|restricted)"),
            &format!(r"\b(?:not (?:accepted|allowed|permitted)|reject(?:ed|s)?|refused?|denied)\b[^.;]{{0,30}}\b{clear}"),
            r"(?:tls[-_ ]?(?:required|must)|no_tls_no_mail|require[-_]?starttls)",
            r"\bsay starttls|\bmust travel encrypted|\baccepts encrypted|\btls or nothing|\btls enforcement\b|\bin clear text - enable tls",
            // German, French, Italian, Spanish, Portuguese
            r"zuerst starttls|nur (?:noch )?verschl(?:ü|ue)sselte|klartext wird hier nicht",
            r"non chiffr[ée]e refus|(?:devez|faut) d'abord [ée]mettre la commande starttls|chiffrement (?:tls )?(?:requis|obligatoire|exig)",
            r"necessario attivare starttls|connessione deve essere cifrata",
            r"debe (?:usar|emitir) starttls|(?:se requiere|requiere) (?:starttls|tls|cifrado)",
            r"necess[áa]rio iniciar uma conex[ãa]o segura|(?:exige|requer) (?:starttls|tls)",
            // Polish, Czech, Dutch, Turkish, Russian
            r"wymagane (?:szyfrowanie|starttls)|wymaga szyfrowania",
            r"vyžadováno šifrované",
            r"versleutelde verbinding verplicht",
            r"önce starttls",
            r"(?:сначала|необходимо)[^.]{0,40}starttls|требуется (?:tls|starttls|шифрование)",
            // Chinese, Japanese, Korean
            r"请先执行 ?starttls|只接受加密|需要 ?(?:tls|ssl|加密)",
            r"先に ?starttls|starttls ?を発行",
            r"암호화 연결이 필요",
        ]
        .join("|"),
    )
});

/// The requirement is the sending side's, or the talk is of what went wrong.
static FAILED: LazyLock<Regex> = LazyLock::new(|| {
    super::pattern(
        r"required, but|handshake|certificate|negotiation fail|could(?: not|n't)|(?:was )?not offer|did not offer|does(?:n't| not) (?:support|offer|advertise)|(?:is|are) not offering|can't do|\blacks?\b|gives? no|not supported|has none|speaks plain|no tls available|unavailable|not available|attempt to start tls failed|ended in|unsuccessful|self-signed|tlsa\b|dane\b|mta-sts|no starttls extension|without ehlo starttls|ehlo lacks|does(?:n't| not) (?:match|qualify)|not satisfied|cannot be met|broken by",
    )
});

/// The same sentence at the head of a longer report.
static ASKED_IN_SO_MANY_WORDS: LazyLock<Regex> =
    LazyLock::new(|| super::pattern(r"must issue an? starttls command|starttls is required"));

/// Whether a reply says that the receiver takes mail only over TLS (section
/// 4.3.1 counts the domains that "mandate STARTTLS").
///
/// A reply that says that TLS failed does not; nor does a sending server that
/// requires TLS of a receiver which has none. The caller asks for T4.
#[must_use]
pub fn tls_required(reply: &str) -> bool {
    TOPIC.is_match(reply)
        && REQUIRED.is_match(reply)
        && (!FAILED.is_match(reply) || ASKED_IN_SO_MANY_WORDS.is_match(reply))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_counts() {
        for reply in [
            "530 5.7.0 Must issue a STARTTLS command first",
            "451 5.7.3 STARTTLS is required to send mail",
            "450 TLS session is mandatory for this sender",
            "554 Encryption required",
            "550 plaintext SMTP not accepted",
            "530 请先执行 STARTTLS 命令，本服务器只接受加密连接",
            "530 Bitte zuerst STARTTLS absetzen",
        ] {
            assert!(tls_required(reply), "{reply}");
        }
    }

    #[test]
    fn a_failure_does_not() {
        for reply in [
            "",
            "TLS is required, but was not offered by host mx.example[1.2.3.4]",
            "454 TLS not available due to temporary reason",
            "TLS handshake failed",
            "Server certificate not trusted",
            "requires TLS but ssl handshake to 1.2.3.4:25 errno=104",
            "550 user unknown",
        ] {
            assert!(!tls_required(reply), "{reply}");
        }
    }
}
