//! The artefacts of the paper: what each is called, how it is measured, and
//! what it needs.

use crate::pictures::{self, Draw};
use crate::sources::Need;

/// An artefact: what is said of it, and its rules.
pub(crate) struct Spec {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) place: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) settings: &'static [&'static str],
    pub(crate) needs: &'static [Need],
    /// A query with one row, whose columns `figures.csv` explains.
    pub(crate) figures: Option<&'static str>,
    pub(crate) tables: &'static [TableSpec],
    pub(crate) pictures: &'static [PictureSpec],
}

pub(crate) struct TableSpec {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) sql: &'static str,
}

pub(crate) struct PictureSpec {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// Draws from the artefact's tables, in their order.
    pub(crate) draw: Draw,
}

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/", $name, ".sql"))
    };
}

macro_rules! artefacts {
    ($($id:literal $name:literal $title:literal, $place:literal: $rule:literal
        $(settings $settings:expr;)? $(needs $needs:expr;)? $(figures $figures:literal;)?
        $(table $table:literal $table_title:literal $table_sql:literal;)*
        $(picture $picture:literal $picture_title:literal $draw:expr;)*
    )*) => {
        &[$($crate::artefacts::Spec {
            id: $id,
            name: $name,
            title: $title,
            place: $place,
            rule: $rule,
            settings: artefacts!(@list $($settings)?),
            needs: artefacts!(@list $($needs)?),
            figures: artefacts!(@figures $($figures)?),
            tables: &[$($crate::artefacts::TableSpec { name: $table, title: $table_title, sql: sql!($table_sql) },)*],
            pictures: &[$($crate::artefacts::PictureSpec { name: $picture, title: $picture_title, draw: $draw },)*],
        },)*]
    };
    (@list) => { &[] };
    (@list $list:expr) => { $list };
    (@figures) => { None };
    (@figures $name:literal) => { Some(sql!($name)) };
}

pub(crate) use {artefacts, sql};

/// Every artefact, in the order of the paper.
pub(crate) const ARTEFACTS: &[Spec] = artefacts! {
    "D1" "records" "Records", "Section 3.1, Figure 3":
        "Mails of the log, and what is unusual of them: a mail flagged Spam is sent once, by the paper's sender."
        figures "d1-figures";

    "D2" "extent" "Extent of the log", "Section 3.1":
        "Distinct domains and addresses over all attempts; countries and networks by the addresses of receiver MTAs."
        figures "d2-figures";
        table "span" "First and last day" "d2-span";
        table "span-paper" "The same in the paper" "paper_span";

    "D3" "in-email-rank" "InEmailRank", "Section 3.1":
        "Receiver domains by incoming mails, the first hundred."
        table "domains" "Receiver domains" "d3-domains";

    "D4" "servers-by-country" "Receiver MTAs by country", "Section 3.1, Figure 4":
        "Each address that attempts went to counts once, for the country of its address."
        needs &[Need::Geography, Need::ServerIps];
        table "countries" "Receiver MTAs by country" "d4-countries";
        picture "figure-4-servers-by-country" "Receiver MTAs by country: the twenty with most"
            pictures::servers_by_country;

    "E1" "enhanced-codes" "Enhanced status codes", "Section 3.2":
        "NDR messages whose reply has no enhanced status code (RFC 3463)."
        figures "e1-figures";

    "E2" "templates" "Templates", "Section 3.2":
        "Templates that messages of the log were assigned to."
        figures "e2-figures";

    "E3" "coverage" "Coverage of the biggest templates", "Section 3.2":
        "Messages of the templates that people label, over all messages."
        settings &["top_templates"];
        figures "e3-figures";

    "E4" "ambiguous" "Ambiguous mails", "Section 3.2":
        "A bounced mail whose refusals are all ambiguous is set apart; all others have a type, and are the base of what follows."
        figures "e4-figures";

    "E10" "types" "Mails by type", "Section 3.2, Table 1":
        "Bounced mails that met a type at any attempt, over the bounced mails with a type; a mail with several types counts for each."
        figures "e10-figures";
        table "types" "Table 1: mails by type" "e10-types";

    "O1" "degrees" "Bounce degrees", "Section 4.1":
        "Non-bounced: the first attempt was accepted; soft-bounced: a later one was; hard-bounced: none was (section 2.2)."
        figures "o1-figures";
        table "degrees" "Mails by bounce degree" "o1-degrees";

    "O2" "attempts" "Attempts of soft-bounced mails", "Section 4.1":
        "Mean of the attempts of soft-bounced mails."
        needs &[Need::Retries];
        figures "o2-figures";

    "O3" "daily-mails" "Mails by day", "Section 4.1, Figure 5":
        "Mails by the day of their first attempt (UTC) and bounce degree, and by month."
        table "daily" "Mails by day and bounce degree" "o3-daily";
        table "monthly" "Mails by month" "o3-monthly";
        picture "figure-5-daily-mails" "Mails by day and bounce degree, and by month" pictures::daily_mails;

    "O4" "root-causes" "Root causes", "Section 4.1, Table 2":
        "A type and a bounce degree make a row; guessing, bulk spam, typing errors and wrong MX records are told by the rules of M1, M2, U1, U2 and A4. Of T8, guessing comes before bulk spam, inactive addresses and typing errors; of T2, a mistyped domain before wrong MX records. A mail with several types counts in several rows, as in the paper; bulk spam cannot be told without a breach list."
        settings &["major_type", "guessing", "bulk_spam_breached_share", "bulk_spam_min_recipients", "typo_top_domains", "typo_similarity", "mx_episodes"];
        figures "o4-figures";
        table "table-2" "Table 2: mails by root cause" "o4-table-2";
        table "causes" "Root causes" "o4-root-causes";

    "M1" "username-guess" "User names guessed", "Section 4.2.1":
        "A sender domain that tries many variants of a few people's names at a receiver domain; what is accepted of these is a hit."
        settings &["guessing"];
        figures "m1-figures";
        table "senders" "Sender domains that guess" "m1-guessing";

    "M2" "bulk-spam" "Bulk spam to leaked addresses", "Section 4.2.1":
        "A sender domain of whose recipients more than a share is in the breach list."
        settings &["bulk_spam_breached_share", "bulk_spam_min_recipients"];
        needs &[Need::BreachList];
        figures "m2-figures";
        table "senders" "Sender domains of bulk spam" "m2-bulk-spammers";

    "B1" "blocklists" "Mails that met blocklists", "Section 4.2.2":
        "Mails with T5 at any attempt; delivered later are those that are soft-bounced."
        figures "b1-figures";

    "B2" "blocklists-named" "Blocklists that replies name", "Section 4.2.2":
        "Receiver domains by the blocklist that a reply of type T5 names first."
        settings &["blocklist"];
        figures "b2-figures";
        table "blocklists" "Blocklists" "b2-blocklists";

    "B3" "blocked-proxies" "Proxy MTAs and mails blocked by a blocklist", "Section 4.2.2, Figure 6":
        "A proxy MTA is blocked on a day if a reply to it names the blocklist, in a mail first sent on that day; a domain adopts the blocklist in the month in which it first names it. Beside it, where a history of the blocklist is given, the proxy MTAs that were listed."
        settings &["blocklist", "mostly_blocked_share"];
        needs &[Need::ProxyIps];
        figures "b3-figures";
        table "daily" "Proxy MTAs and mails blocked by day" "b3-daily";
        table "proxies" "Proxy MTAs by days blocked" "b3-proxies";
        table "adoption" "Receiver domains by the month in which they first name it" "b3-adoption";
        picture "figure-6-blocked" "Mails and proxy MTAs blocked by day" pictures::blocked;

    "B4" "greylisting" "Greylisting", "Section 4.2.2":
        "Mails with T6, and receiver domains that refuse with it; of these, those whose replies name greylisting."
        figures "b4-figures";

    "B5" "spam-filters" "Spam filters", "Section 4.2.2":
        "Receiver domains that hard-bounce with T13; the sender's Spam that is accepted; the receivers' spam (T13) that the sender flags Normal."
        needs &[Need::EmailFlag];
        figures "b5-figures";

    "A1" "authentication" "Authentication failures", "Section 4.3.1":
        "Hard-bounced mails with T3, by what the first reply that says it has failed: both SPF and DKIM, either, or DMARC."
        figures "a1-figures";

    "A2" "authentication-episodes" "Broken authentication", "Section 4.3.1, Figure 7":
        "Episodes of a sender domain: from the first mail refused with T3, for DMARC too, to the next that is accepted by a domain that does check. Never fixed: no such mail follows; recurrent: several episodes."
        settings &["authentication_episodes", "mx_episodes", "mailbox_episodes"];
        figures "a2-figures";
        table "durations" "Durations: cumulative distributions" "durations";
        table "episodes" "Episodes" "episodes";
        picture "figure-7-durations" "How long what is broken stays so: ended episodes" pictures::durations;

    "A3" "starttls" "STARTTLS demanded", "Section 4.3.1":
        "Receiver domains with a reply of type T4 that demands TLS, or that accepted a mail after T4, as the sender comes with TLS then; and their share of the most popular."
        figures "a3-figures";

    "A4" "mx-errors" "Wrong MX records", "Section 4.3.1, Figure 7":
        "Episodes of a receiver domain, mistyped ones apart: from the first mail hard-bounced with T2 to the next accepted, with some failures between. A domain that is gone for good looks the same."
        settings &["mx_episodes", "typo_top_domains"];
        figures "a4-figures";

    "U1" "domain-typos" "Mistyped domains", "Section 4.3.2":
        "Receiver domains that never resolved (every mail hard-bounced with T2) and are a typing error of one of the most popular domains, by dnstwist's kinds in its order, and get far less mail than it; errors behind the name (top-level domains) apart."
        settings &["typo_top_domains", "typo_max_share"];
        figures "u1-figures";
        table "kinds" "Kinds of errors" "u1-kinds";
        table "domains" "Mistyped domains" "u1-domains";

    "U2" "username-typos" "Mistyped user names", "Section 4.3.2":
        "An address refused with T8 is mistyped where the same sender delivered to one of the same domain that is more alike than the setting and of whose user name it is a typing error."
        settings &["typo_similarity", "typo_similarity_measure"];
        figures "u2-figures";
        table "kinds" "Kinds of errors" "u2-kinds";
        table "addresses" "Mistyped addresses" "u2-addresses";

    "U3" "full-mailboxes" "Full mailboxes", "Section 4.3.2, Figure 7":
        "Episodes of an address: from the first mail hard-bounced with T9 to the next accepted. Always full: no mail was accepted before or after."
        settings &["mailbox_episodes"];
        figures "u3-figures";

    "U4" "inactive" "Inactive addresses", "Section 4.3.2":
        "Addresses refused with T8 by words that say that nobody uses them. A text that the classifier holds to be T9 (\"over quota and inactive\") counts as a full mailbox."
        figures "u4-figures";

    "I1" "poor-degree" "Poor degree of email infrastructure", "Section 4.3.3, Figure 8":
        "Mails soft-bounced by T14 over all mails sent, by country of the receiver MTA and region of the proxy MTA; countries with few mails left out."
        settings &["country_min_mails", "region_min_mails", "server_of_mail", "proxy_of_mail"];
        needs &[Need::Geography, Need::ServerIps, Need::ProxyIps, Need::Retries];
        figures "i1-figures";
        table "countries" "Poor degree by country" "i1-countries";
        table "regions" "Poor degree by country and region" "i1-regions";
        picture "figure-8-poor-degree" "The twenty countries with the highest poor degree, by region of the proxy MTA" pictures::poor_degree;

    "T3" "top-domains" "Most popular receiver domains", "Appendix A, Table 3":
        "InEmailRank's first domains."
        settings &["top_rows"];
        table "domains" "Table 3: receiver domains" "t3-domains";
        table "paper" "The same in the paper" "paper_table_3";

    "T4" "top-systems" "Most popular autonomous systems", "Appendix A, Table 4":
        "Mails by the autonomous system of the receiver MTA."
        settings &["top_rows", "server_of_mail"];
        needs &[Need::AutonomousSystems, Need::ServerIps];
        table "systems" "Table 4: autonomous systems" "t4-systems";
        table "paper" "The same in the paper" "paper_table_4";

    "T5" "top-countries" "Countries that bounce most", "Appendix A, Table 5":
        "Countries by their share of hard- and of soft-bounced mails; type and root cause are the most frequent of these mails, each mail counting by its major type."
        settings &["top_rows", "country_min_mails", "server_of_mail", "major_type"];
        needs &[Need::Geography, Need::ServerIps];
        figures "t5-figures";
        table "hard" "Table 5: highest share of hard-bounced mails" "t5-hard";
        table "soft" "Table 5: highest share of soft-bounced mails" "t5-soft";
        table "paper-hard" "The first in the paper" "paper_table_5_hard";
        table "paper-soft" "The second in the paper" "paper_table_5_soft";

    "T6" "ambiguous-templates" "Ambiguous templates", "Appendix B, Table 6":
        "The five biggest templates whose label is ambiguous, by messages, over all ambiguous messages."
        table "templates" "Table 6: ambiguous templates" "t6-templates";
        table "paper" "The same in the paper" "paper_table_6";

    "C1" "latency" "Delivery latency", "Appendix C, Figure 10":
        "Of delivered mails, by the country of the receiver MTA; countries with few mails left out."
        settings &["country_min_mails", "latency_of_mail", "server_of_mail"];
        needs &[Need::Latency, Need::Geography, Need::ServerIps];
        figures "c1-figures";
        table "countries" "Latency by country" "c1-countries";
        table "paper" "Countries that the paper names" "paper_latency";
        picture "figure-10-latency" "Median latency by country" pictures::latency;

    "C2" "bandwidth" "Latency and bandwidth", "Appendix C":
        "Delivered mails to countries with slow and with fast Internet."
        settings &["fast_bandwidth", "country_min_mails", "latency_of_mail", "server_of_mail"];
        needs &[Need::Latency, Need::Geography, Need::ServerIps, Need::Bandwidth];
        figures "c2-figures";
        table "speeds" "Latency by bandwidth" "c2-speeds";

    "C3" "latency-by-region" "Latency and the proxy MTA's region", "Appendix C":
        "Of each country, the greatest difference between the medians of regions; the figure is the mean over countries."
        settings &["country_min_mails", "region_min_mails", "latency_of_mail", "server_of_mail", "proxy_of_mail"];
        needs &[Need::Latency, Need::Geography, Need::ServerIps, Need::ProxyIps];
        figures "c3-figures";
        table "countries" "Differences by country" "c3-countries";
        table "regions" "Medians by country and region" "c3-regions";
};
