//! What is masked, and what stays.

use ebrc_ndr::mask;

fn check(text: &str, expected: &str) {
    assert_eq!(mask(text), expected, "{text}");
}

fn stays(text: &str) {
    check(text, text);
}

#[test]
fn addresses() {
    check("<bob@b.com>: unknown", "<email>: unknown");
    check("bob@b.com... User unknown", "<email>... User unknown");
    check("mailbox of b+x=y@b.co.uk.", "mailbox of <email>.");
    check("to=bob@b.com, from=<a@b.com>", "to=<email>, from=<email>");
    check("RCPT TO:<bob.o'neil@b.com>", "RCPT TO:<email>");
    check("'bob@b.com' (bob@b.com)", "'<email>' (<email>)");
    check(
        "b***b@e***.com ***@b.com bo…@b.com",
        "<email> <email> <email>",
    );
    check("<redacted>@b.com", "<email>");
    check("\"bob smith\"@b.com", "<email>");
    check("<bob smith@b.com> unknown", "<email> unknown");
    check("<@a.com,@b.com:bob@c.com>", "<email>");
    check("bob@[1.2.3.4] bob@localhost", "<email> <email>");
    check("bob@b.com.User unknown", "<email>.User unknown");
    check("a@b@c.com", "<email>");
    check("bounce-123-bob=b.com@list.b.com", "<email>");
    check("jürgen@müller.de", "<email>");
    check("收件人bob@b.com不存在", "收件人<email>不存在");
    check("用户@b.com", "<email>");
    check("受信者<bob@b.com>は", "受信者<email>は");
    check("user @ home", "user @ home");
    check("rejected:bob@b.com:full", "rejected:<email>:full");
}

#[test]
fn ip_addresses() {
    check("[1.2.3.4] blocked", "[<ip>] blocked");
    check(
        "connect to a.com[1.2.3.4]:25: refused",
        "connect to <host>[<ip>]: refused",
    );
    check("1.2.3.4:25, 1.2.3.0/24; 1.2.3.4.", "<ip>, <ip>; <ip>.");
    check("www.b.com[1.2.3.4]:25", "<host>[<ip>]");
    check("IP=1.2.3.4 IP1.2.3.4", "IP=<ip> IP<ip>");
    check("[2001:db8::1] [IPv6:2001:db8::1]:25", "[<ip>] [<ip>]");
    check("::1 ::ffff:1.2.3.4 2001:db8::/32:", "<ip> <ip> <ip>:");
    check("fe80::1%eth0 2001:DB8:0:0:0:0:0:1.", "<ip> <ip>.");
    check("1.2.3.x 1.2.*.*", "<ip> <ip>");
    check("您的IP1.2.3.4被拒绝", "您的IP<ip>被拒绝");
    check("来自1.2.3.4的连接", "来自<ip>的连接");
    check("5.1.1.20 is listed", "<ip> is listed");
    check("a.com[1.2.3.4]:550 no", "<host>[<ip>]:<number> no");
    stays("Error:: no");
    stays("Mail::Sender");
}

#[test]
fn hosts() {
    check("mx1.b.com said no.", "<host> said no.");
    check("b.com.: 4.3.2.1.zen.spamhaus.org", "<host>.: <host>");
    check("helo=<mail.b.co.uk>", "helo=<host>");
    check("MAIL.B.COM:25 xn--e1afmkfd.xn--p1ai", "<host> <host>");
    check("域名b.com不存在", "域名<host>不存在");
    check("ip-1-2-3-4.b.net 163.com", "<host> <host>");
    check(
        "not local.Please see b.com.Thanks",
        "not local.Please see <host>.Thanks",
    );
    for text in [
        "mail rejected.Please retry",
        "denied.IT says so",
        "attachment virus.exe or a.pdf",
        "e.g. main.cf, i.e. this",
        "smtp.mailfrom and header.from",
        "the end. no more",
    ] {
        stays(text);
    }
}

#[test]
fn urls() {
    check("see https://b.com/x?y=1, please.", "see <url>, please.");
    check("(http://b.com/a_(b)) www.b.com/c.", "(<url>) <url>.");
    check("<HTTP://B.com>; \"https://b.com\"", "<url>; \"<url>\"");
    check("go to b.com/help/x.html.", "go to <url>.");
    check("http://b.com/?u=bob@b.com no", "<url> no");
    check("请访问http://b.com/帮助", "请访问<url>帮助");
    stays("http:// is no link");
}

#[test]
fn ids() {
    for id in [
        "4F2A91C0D3",
        "4BqX1z2Y3wz9Q",
        "w4KMxZgX012345",
        "1p2q3R-0004Xy-5z",
        "550e8400-e29b-41d4-a716-446655440000",
        "12345678-dead-41d4-a716-446655440000",
        "x12-20020a05si123.45",
        "f12-20020a170902abcd00b0012345678901si1234567plx.123",
        "GtxpCgDHXVHWPlZX5OGqAQ--.1234S2",
        "AbCdEfGhIjKlMnOpQr.us123",
        "ab+Cd/eF12gh34IJ56kl==",
        "20240102030405",
        "qHcbXpRtWz",
    ] {
        check(&format!("queued as {id}"), "queued as <id>");
        check(&format!("({id}): no"), "(<id>): no");
        check(&format!("id={id}, no"), "id=<id>, no");
    }
    check("Message-ID: <2024.1@b.com>", "Message-ID: <id>");
    check("x12-20020a05si123.45 - gsmtp", "<id> - gsmtp");
    check("AS(201806281)", "AS(<number>)");
    check("[Name=Filter][MxId=11BBAA0E8B]", "[Name=Filter][MxId=<id>]");
    check("代码4F2A91C0D3拒绝", "代码<id>拒绝");
}

#[test]
fn times() {
    for time in [
        "2024-01-02 03:04:05",
        "2024-01-02T03:04:05.678Z",
        "2024-01-02T03:04:05+00:00",
        "2024/1/2",
        "Tue, 24 Nov 2026 09:00:00 +0000",
        "Tue, 24 Nov 2026 09:00:00 +0000 (UTC)",
        "Tue Nov 24 09:00:00 2026",
        "Tuesday, November 24, 2026 9:00 PM",
        "Nov 24 09:00:00",
        "24 Nov 2026",
        "24-Nov-2026 09:00 GMT",
        "24.11.2026, 09:00",
        "02/Jan/2024:03:04:05 +0000",
        "03:04:05",
        "3:04 PM",
    ] {
        check(&format!("at {time} no"), "at <time> no");
        check(&format!("({time}): no."), "(<time>): no.");
        check(&format!("until {time}."), "until <time>.");
    }
    stays("may be a March of May");
    stays("Sun is out");
    check("May 5 messages", "May <number> messages");
    check("a1:b2:c3:d4", "a1:b2:c3:d4");
}

#[test]
fn numbers() {
    check("limit 10,240,000 bytes", "limit <number> bytes");
    check("size 25MB over 20.5 MB", "size <number>MB over <number> MB");
    check(
        "retry in 300s, 5 of 10",
        "retry in <number>s, <number> of <number>",
    );
    check(
        "score=-1.2 (+3.5/5.0)",
        "score=<number> (<number>/<number>)",
    );
    check("95%, 24-48 h", "<number>%, <number>-<number> h");
    check("超过10000封", "超过<number>封");
    check("version 15.20.7452.12", "version <number>");
}

#[test]
fn telling_words_with_digits_stay() {
    for text in [
        "not RFC 5322 compliant, see RFC5321 section 4.5.3.1",
        "TLSv1.2 or TLS 1.2 required",
        "(#4.4.1) timed out, error 5.7.1 again",
        "[TSS04] [IPTS04] (S3140) OU-002 (RP-001) CON:B1",
        "8BITMIME SMTPUTF8 SHA256 utf-8 IPv6 Office365",
        "554 5.7.1 inside, 450-4.2.0 too",
        "UnsolicitedRateLimitError STARTTLS NoSuchUser",
        "a and/or b, text/plain, policy_check-failed",
    ] {
        stays(text);
    }
}
