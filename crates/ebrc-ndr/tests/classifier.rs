//! What the classifier reads.

use ebrc_ndr::classifier_text;

fn check(raw: &str, expected: &str) {
    assert_eq!(classifier_text(raw), expected, "{raw}");
}

#[test]
fn codes_come_first_and_slots_are_words() {
    check("550-5.1.1 <b@b.com>: unknown", "550 5.1.1 email: unknown");
    check("timed out", "timed out");
    check("550", "550");
    check("", "");
    check("收件人b@b.com不存在", "收件人 email 不存在");
    check(
        "552 over 25MB since 03:04:05",
        "552 over number MB since time",
    );
    check("451 a.com[1.2.3.4]: id 4F2A91C0D3", "451 host[ip]: id id");
}

#[test]
fn wrappers_leave_nothing() {
    check(
        "host mx.a.com[1.2.3.4] said: 550 5.1.1 no (in reply to RCPT TO command)",
        "550 5.1.1 no",
    );
}

#[test]
fn telling_hosts_and_links_keep_their_words() {
    check(
        "554 using zen.spamhaus.org; https://www.spamhaus.org/query/ip/1.2.3.4",
        "554 using host spamhaus; url spamhaus query ip",
    );
    check(
        "421 4.7.28 https://support.google.com/mail/?p=UnsolicitedRateLimitError x",
        "421 4.7.28 url google mail unsolicited rate limit error x",
    );
    check("listed at 4.3.2.1.bl.spamcop.net", "listed at host spamcop");
    check("spamcop.net/bl.shtml?1.2.3.4", "url spamcop bl");
    check(
        "http://mail.live.com/mail/troubleshooting.aspx#errors",
        "url live mail troubleshooting errors",
    );
    check(
        "http://go.microsoft.com/fwlink/?LinkID=526655",
        "url microsoft fwlink",
    );
    check(
        "mx1.outlook.com or gmail-smtp-in.l.google.com",
        "host or host",
    );
}

#[test]
fn nothing_personal_is_kept_of_a_link() {
    check("see http://bob.com/carol/dave?x=bob", "see url");
    check(
        "http://www.openspf.org/Why?s=mfrom&id=bob%40b.com&ip=1.2.3.4&r=mx.b.com",
        "url spf why",
    );
    check(
        "https://www.spamhaus.org/lookup/bob@b.com",
        "url spamhaus lookup",
    );
    check("https://www.surbl.org/lookup/bob.com", "url surbl lookup");
    check(
        "https://bob@spamhaus.org:80/sbl/SBL1234",
        "url spamhaus sbl",
    );
    check("https://spamhaus.org.bob.com/query", "url");
}
