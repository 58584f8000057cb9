//! `ebrc classify` with the classifier that ships with ebrc.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod program;

use program::Program;
use serde_json::Value;

const MESSAGES: [(&str, &str); 6] = [
    ("552 5.2.2 <bob@b.example>: mailbox is over quota", "T9"),
    (
        "550 5.1.1 <carol@b.example>: Recipient address rejected: User unknown",
        "T8",
    ),
    (
        "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org",
        "T5",
    ),
    (
        "450 4.2.0 <dan@b.example>: Recipient address rejected: Greylisted, try again in 300 seconds",
        "T6",
    ),
    ("552 5.3.4 Message size exceeds fixed limit", "T12"),
    (
        "connect to mx.b.example[192.0.2.9]:25: Connection timed out",
        "T14",
    ),
];

fn answers(output: &str) -> Vec<Value> {
    output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn everyday_messages_get_their_types_in_order() {
    let program = Program::new();
    let lines: String = MESSAGES
        .iter()
        .map(|(text, _)| format!("{text}\n"))
        .collect();
    let objects: String = MESSAGES
        .iter()
        .map(|(text, _)| format!("{}\n", serde_json::json!({ "text": text, "id": 1 })))
        .collect();
    program.write("messages", &lines);
    let from_file = program.succeeds(&["classify", "messages"]);
    assert_eq!(
        from_file,
        program.succeeds_with_input(&lines, &["classify"])
    );
    assert_eq!(
        from_file,
        program.succeeds_with_input(&objects, &["classify", "-"])
    );
    // A GPU does not compute in bytes.
    let on_cpu = ["classify", "messages", "--device", "cpu", "--precision"];
    let in_bytes = program.succeeds(&[&on_cpu[..], &["int8"]].concat());
    assert_ne!(
        in_bytes,
        program.succeeds(&[&on_cpu[..], &["f32"]].concat())
    );
    let answered = answers(&from_file).into_iter().zip(answers(&in_bytes));
    let mut count = 0;
    for ((answer, in_bytes), (text, kind)) in answered.zip(MESSAGES) {
        count += 1;
        assert_eq!(in_bytes["type"], kind, "{text}");
        assert_eq!(answer["text"], text);
        assert_eq!(answer["type"], kind, "{text}");
        let scores = answer["scores"].as_object().unwrap();
        assert_eq!(scores.len(), 16);
        let sum: f64 = scores.values().filter_map(Value::as_f64).sum();
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
        assert_eq!(answer["confidence"], scores[kind]);
    }
    assert_eq!(count, MESSAGES.len());
    let first = &answers(&from_file)[0];
    assert_eq!(first["name"], "mailbox-full");
    assert_eq!(first["category"], "Refuse email reception");
}

#[test]
fn every_line_gets_its_answer() {
    let program = Program::new();
    let lines = "\u{feff}550 no such user\r\n\n{\"text\":\"552 mailbox full\"}\n\
                 {LED=450 4.4.316 Connection refused};{MSG=}\n";
    let answers = answers(&program.succeeds_with_input(lines, &["classify"]));
    let texts: Vec<&Value> = answers.iter().map(|answer| &answer["text"]).collect();
    assert_eq!(
        texts,
        [
            "550 no such user",
            "",
            "552 mailbox full",
            "{LED=450 4.4.316 Connection refused};{MSG=}"
        ]
    );
}

/// More messages than are taken at a time, and texts that come again.
#[test]
fn a_long_stream_is_answered_like_a_short_one_on_any_number_of_threads() {
    let program = Program::new();
    let lines: Vec<String> = (0..20_000)
        .map(|number| {
            let (text, _) = MESSAGES[number % MESSAGES.len()];
            text.replace("b.example", &format!("b{number}.example"))
        })
        .collect();
    program.write("messages", &lines.join("\n"));
    let output = program.succeeds(&["classify", "messages", "--threads", "1"]);
    assert_eq!(
        output,
        program.succeeds(&["classify", "messages", "--threads", "3"])
    );
    let answers = answers(&output);
    assert_eq!(answers.len(), lines.len());
    for (number, (answer, line)) in answers.iter().zip(&lines).enumerate() {
        assert_eq!(answer["text"], line.as_str());
        assert_eq!(answer["type"], MESSAGES[number % MESSAGES.len()].1);
    }
}

#[test]
fn a_broken_json_line_is_named_without_its_text() {
    let program = Program::new();
    program.write(
        "messages",
        "550 no such user\n{\"reply\": \"secret@b.example\"}\n",
    );
    let error = program.fails(&["classify", "messages"]);
    assert!(error.contains("messages, line 2"), "{error}");
    assert!(!error.contains("secret"), "{error}");
}

/// As behind `tail -f`: an answer comes before the input ends.
#[test]
fn a_message_is_answered_while_the_input_stays_open() {
    use std::io::{BufRead, BufReader, Write};
    use std::process::Stdio;

    let program = Program::new();
    let mut child = program
        .command(&["classify"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (sender, receiver) = std::sync::mpsc::channel();
    let reading = std::thread::spawn(move || {
        for line in output.lines() {
            sender.send(line.unwrap()).unwrap();
        }
    });
    for (text, kind) in MESSAGES {
        writeln!(input, "{text}").unwrap();
        input.flush().unwrap();
        let line = receiver
            .recv_timeout(std::time::Duration::from_secs(120))
            .expect("no answer while the input is open");
        assert_eq!(answers(&line)[0]["type"], kind);
    }
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    reading.join().unwrap();
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let program = Program::new();
    program.write("messages", &"550 no such user\n".repeat(20_000));
    let mut child = program
        .command(&["classify", "messages"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
