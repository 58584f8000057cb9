//! What holds of every text.

use ebrc_ndr::{NdrMessage, SlotKind, classifier_text, display_template, is_accepted, mask};
use proptest::prelude::*;

/// Text with the signs that the scanner looks at.
fn mail_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z]{1,9}",
        "[0-9]{1,5}",
        "[.:@<>\\[\\]()/=_+*#'\"%-]{1,2}",
        "\\PC",
        Just(" ".to_owned()),
        Just("\r\n".to_owned()),
        Just("550 5.1.1 ".to_owned()),
        Just("550-".to_owned()),
        Just("host a.com[1.2.3.4] said: ".to_owned()),
        Just("2024-01-02 03:04:05".to_owned()),
        Just("Tue, 24 Nov ".to_owned()),
        Just("::".to_owned()),
        Just("http://".to_owned()),
        Just("收件人".to_owned()),
        Just("é".to_owned()),
        Just(r"\n".to_owned()),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

fn no_text_breaks_anything(raw: &str) -> Result<(), TestCaseError> {
    let message = NdrMessage::parse(raw);
    prop_assert_eq!(is_accepted(raw), message.is_accepted());
    let collapsed = message
        .text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    prop_assert_eq!(&collapsed, &message.text);
    let masked = mask(raw);
    prop_assert!(masked.split_whitespace().count() <= raw.split_whitespace().count());
    prop_assert!(!display_template(&masked).contains("<email>"));
    let words = classifier_text(raw);
    prop_assert_eq!(words.trim(), &words);
    Ok(())
}

/// A value for each slot of a template.
#[derive(Debug, Clone)]
struct Values {
    email: String,
    ip: String,
    host: String,
    url: String,
    id: String,
    time: String,
    number: String,
}

fn values() -> impl Strategy<Value = Values> {
    // None of these is a known host.
    let label = "x[a-z0-9]{0,8}q";
    let domain = (
        label,
        prop_oneof!["com", "de", "co\\.uk", "com\\.cn", "org"],
    )
        .prop_map(|(name, end)| format!("{name}.{end}"));
    let email = (
        "[a-zA-Z0-9][a-zA-Z0-9._+-]{0,12}[a-zA-Z0-9]",
        domain.clone(),
    )
        .prop_map(|(local, domain)| format!("{local}@{domain}"));
    let ip = prop_oneof![
        any::<std::net::Ipv4Addr>().prop_map(|ip| ip.to_string()),
        any::<std::net::Ipv6Addr>().prop_map(|ip| ip.to_string()),
    ];
    let host =
        ("[a-v]{2,6}[0-9]{0,2}", domain.clone()).prop_map(|(name, end)| format!("{name}.{end}"));
    let url = (
        domain,
        "[a-zA-Z0-9/_-]{0,12}",
        "(\\?[a-z]{2}=[a-z0-9@.%]{1,8}[a-z0-9])?",
    )
        .prop_map(|(host, path, query)| format!("https://{host}/{path}{query}"));
    let id = prop_oneof![
        "[0-9A-F]{5}[A-F][0-9A-F]{4}[0-9]",
        "4[0-9BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz]{14}",
        "1[a-z][a-zA-Z0-9]{3}[A-Z]-000[A-Z][a-zA-Z0-9]{2}-[A-Z][0-9]",
        "[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}",
        "[a-z][0-9]{1,2}-20020a[0-9a-f]{12}si[0-9]{5,7}[a-z]{3}\\.[0-9]{2,3}",
    ];
    let time = (
        1970..2090_u32,
        1..=12_usize,
        1..=28_u32,
        0..24_u32,
        0..60_u32,
        0..4_u8,
    )
        .prop_map(|(year, month, day, hour, minute, form)| {
            let name = [
                "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
            ][month - 1];
            match form {
                0 => format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:07"),
                1 => format!("Tue, {day} {name} {year} {hour:02}:{minute:02}:07 +0100"),
                2 => format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:07Z"),
                _ => format!("{name} {day} {hour:02}:{minute:02}:07"),
            }
        });
    let number = prop_oneof![
        (0..2_000_000_000_u32).prop_map(|n| n.to_string().chars().take(9).collect()),
        (0..400_u32).prop_map(|n| format!("{}.{}", n / 10, n % 10)),
    ];
    (email, ip, host, url, id, time, number).prop_map(|(email, ip, host, url, id, time, number)| {
        Values {
            email,
            ip,
            host,
            url,
            id,
            time,
            number,
        }
    })
}

fn render(template: &str, values: &Values) -> String {
    template
        .replace("{email}", &values.email)
        .replace("{ip}", &values.ip)
        .replace("{host}", &values.host)
        .replace("{url}", &values.url)
        .replace("{id}", &values.id)
        .replace("{time}", &values.time)
        .replace("{number}", &values.number)
}

const TEMPLATES: &[&str] = &[
    "550 5.1.1 <{email}>: Recipient address rejected: {host} says no",
    "550-5.7.1 [{ip}] blocked, id={id}, see {url}. 550 5.7.1 ({id}) {number}",
    "host {host}[{ip}]:25 said: 452 4.2.2 {email} over quota, {number} of {number} bytes",
    "connect to {host}[{ip}]:25: Connection timed out after {number}s at {time}",
    "554 {id}, {email}; {time}: score={number}/5.0 ({host})",
    "550 收件人{email}不存在，来自[{ip}]，{id}，超过{number}封",
    "421 {host} [{id} {time} {id}] \"{url}\", '{email}' - gsmtp",
    "5.4.1 {email}... {host}: {url} ({number}%) {id}",
    "550 RCPT TO:<{email}> from=<{email}> helo=<{host}> ip={ip}, {number} {time}.",
];

/// Whether a text holds `a@b.c`, slots aside.
fn holds_address(text: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric();
    text.match_indices('@').any(|(at, _)| {
        let (left, right) = (&text[..at], &text[at + 1..]);
        let label = right
            .find(|c| !is_name(c) && c != '-')
            .unwrap_or(right.len());
        let end = &right[label..];
        let slot = SlotKind::ALL
            .iter()
            .any(|kind| left.ends_with(kind.as_str()));
        !slot
            && left.ends_with(is_name)
            && right[..label].contains(is_name)
            && end
                .strip_prefix('.')
                .is_some_and(|end| end.starts_with(is_name))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_is_read(raw in "\\PC{0,120}") {
        no_text_breaks_anything(&raw)?;
    }

    #[test]
    fn any_mail_like_text_is_read(raw in mail_like()) {
        no_text_breaks_anything(&raw)?;
    }

    #[test]
    fn any_ascii_is_read(raw in "[\\x00-\\x7f]{0,120}") {
        no_text_breaks_anything(&raw)?;
    }

    #[test]
    fn no_address_is_left(
        before in mail_like(),
        address in "[A-Za-z0-9._%+*-]{0,12}[A-Za-z0-9]@[A-Za-z0-9-]{0,8}[A-Za-z0-9]\\.[a-z]{2,6}",
        after in mail_like(),
    ) {
        let raw = format!("{before}{address}{after}");
        for seen in [mask(&raw), classifier_text(&raw)] {
            prop_assert!(!holds_address(&seen), "{}", seen);
        }
    }

    #[test]
    fn the_value_of_a_slot_changes_nothing(
        template in proptest::sample::select(TEMPLATES),
        one in values(),
        other in values(),
    ) {
        let raws = [&one, &other].map(|values| render(template, values));
        let drain = raws.each_ref().map(|raw| mask(&NdrMessage::parse(raw).text));
        prop_assert_eq!(&drain[0], &drain[1]);
        let words = raws.each_ref().map(|raw| classifier_text(raw));
        prop_assert_eq!(&words[0], &words[1]);
    }
}
