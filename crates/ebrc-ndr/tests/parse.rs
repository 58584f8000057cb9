//! Replies, and what is lifted out of them.
#![allow(clippy::unwrap_used, reason = "tests")]

use ebrc_ndr::{NdrMessage, is_accepted};

fn check(raw: &str, codes: &str, text: &str) {
    let message = NdrMessage::parse(raw);
    let mut found = Vec::new();
    found.extend(message.reply_code.map(|code| code.to_string()));
    found.extend(message.enhanced_code.map(|code| code.to_string()));
    assert_eq!(
        (found.join(" ").as_str(), message.text.as_str()),
        (codes, text),
        "{raw}"
    );
}

#[test]
fn codes_are_lifted_out() {
    check("550 5.1.1 User unknown", "550 5.1.1", "User unknown");
    check("550-5.1.1 User unknown", "550 5.1.1", "User unknown");
    check("550 User unknown", "550", "User unknown");
    check("5.2.2 mailbox full", "5.2.2", "mailbox full");
    check("connect timed out", "", "connect timed out");
    check(" 550\t5.1.1   a \u{3000} b\u{0} c ", "550 5.1.1", "a b c");
    check("550 5.1.1", "550 5.1.1", "");
    check("550", "550", "");
    check("", "", "");
    check("550 #5.7.1 5.7.1 no", "550 5.7.1", "no");
    check("5.1.1 550 5.1.1 no", "550 5.1.1", "no");
    check("5.1.1 200-a@b.com no", "5.1.1", "200-a@b.com no");
    check("550 550 5.1.1 no", "550 5.1.1", "no");
    check("550 5.1.1 <bob@b.com>: no", "550 5.1.1", "<bob@b.com>: no");
    check("550 5.1.1\u{a0}用户不存在", "550 5.1.1", "用户不存在");
}

#[test]
fn a_code_behind_the_text_is_lifted_too() {
    check(
        "550 no mailbox here. (#5.1.1)",
        "550 5.1.1",
        "no mailbox here.",
    );
    check("no mailbox here. (#5.1.1)", "5.1.1", "no mailbox here.");
    check("550 5.0.0 no (#5.1.1)", "550 5.0.0", "no");
    check("550 no (#5.1.1) here", "550", "no (#5.1.1) here");
}

#[test]
fn repeated_codes_of_further_lines_are_dropped() {
    check(
        "550-5.1.1 The account does not exist. 550-5.1.1 Try again 550 5.1.1 later x1 - gsmtp",
        "550 5.1.1",
        "The account does not exist. Try again later x1 - gsmtp",
    );
    check("550-One\r\n550-two\r\n550 three", "550", "One two three");
    check("550-One 550-two 550 three", "550", "One two three");
    check("550-One\r\n550", "550", "One");
    check("550 5.7.1 one\n5.7.1 two", "550 5.7.1", "one two");
    check("550-one\n550 5.7.1 two", "550 5.7.1", "one two");
    check(r"550-5.1.1 one\r\n550 5.1.1 two", "550 5.1.1", "one two");
    check("550-5.7.1 one 550 5.7.1", "550 5.7.1", "one");
}

#[test]
fn other_numbers_in_the_text_stay() {
    check("450 error 450 at once", "450", "error 450 at once");
    check("550 send 550 messages", "550", "send 550 messages");
    check("550-5.7.1 a 550 5.7.26 b", "550 5.7.1", "a 550 5.7.26 b");
    check("550 5.1.1 a 450 4.1.1 b", "550 5.1.1", "a 450 4.1.1 b");
    check("550 5.1.1.20 is listed", "550", "5.1.1.20 is listed");
    check(r"550 no C:\new\root", "550", r"no C:\new\root");
}

#[test]
fn what_a_sending_server_puts_around_a_reply_is_left_out() {
    check(
        "host mx.a.com[1.2.3.4] said: 550 5.1.1 unknown (in reply to RCPT TO command)",
        "550 5.1.1",
        "unknown",
    );
    check(
        "550 5.0.0 host mx.a.com[1.2.3.4] said: 554 5.7.1 no (in reply to end of DATA command)",
        "554 5.7.1",
        "no",
    );
    check("host mx.a.com[1.2.3.4] said: go away", "", "go away");
    check(
        "host mx.a.com[1.2.3.4] refused to talk to me: 421 4.7.0 later",
        "421 4.7.0",
        "refused to talk to me: later",
    );
    check(
        "SMTP error from remote mail server after RCPT TO:<b@b.com>: host b.com [1.2.3.4]: 550 no",
        "550",
        "no",
    );
    check(
        "1.2.3.4 does not like recipient. Remote host said: 550 no",
        "550",
        "no",
    );
    check(
        "... while talking to b.com.: >>> RCPT To:<b@b.com> <<< 550 5.1.1 no",
        "550 5.1.1",
        "no",
    );
    check(
        "The response from the remote server was: 550 5.1.1 no",
        "550 5.1.1",
        "no",
    );
    check("smtp;550 5.1.1 no", "550 5.1.1", "no");
    check("Diagnostic-Code: smtp; 550-5.1.1 no", "550 5.1.1", "no");
    check("5.1.1 smtp;550 5.1.1 no", "550 5.1.1", "no");
    check("550 the user said: no", "550", "the user said: no");
    check("host not found", "", "host not found");
}

#[test]
fn accepted_means_2xx() {
    for (raw, accepted) in [
        ("250 OK", true),
        (" 250 2.0.0 queued", true),
        ("250-ok", true),
        ("smtp;250 ok", true),
        ("2.0.0 queued", true),
        ("host a.com[1.2.3.4] said: 250 ok", true),
        (
            "Protocol error: host a.com[1.2.3.4] said: 250 ok (in reply to DATA command)",
            false,
        ),
        ("550 said: 250 ok", false),
        ("550 host a.com[1.2.3.4] said: 250 ok", false),
        ("550 250 no", false),
        ("450 2.0.0 no", false),
        ("2500", false),
        ("OK", false),
        ("", false),
    ] {
        assert_eq!(is_accepted(raw), accepted, "{raw}");
        assert_eq!(NdrMessage::parse(raw).is_accepted(), accepted, "{raw}");
    }
}
