//! `simulate`: its settings, its files, its threads.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod program;

use std::fs;

use program::Program;

#[test]
fn the_log_is_the_same_on_any_number_of_threads() {
    let program = Program::new();
    for log in ["log.ndjson", "log.ndjson.zst", "log.parquet"] {
        let mut bytes = Vec::new();
        for threads in ["1", "2", "3"] {
            program.succeeds(&[
                "simulate",
                "--emails",
                "3000",
                "--out",
                log,
                "--threads",
                threads,
            ]);
            bytes.push(fs::read(program.path(log)).unwrap());
        }
        assert!(bytes.windows(2).all(|pair| pair[0] == pair[1]), "{log}");
        assert!(bytes[0].len() > 10_000);
    }
}

#[test]
fn a_configuration_changes_the_world_and_the_command_line_goes_before_it() {
    let program = Program::new();
    program.write(
        "world.toml",
        "emails = 400\nbounced = 1.0\n\n[causes.unexplained_refusal]\nshare = 0.0\n",
    );
    let simulate = ["simulate", "--config", "world.toml", "--out", "log.ndjson"];
    program.succeeds(&simulate);
    let log = fs::read_to_string(program.path("log.ndjson")).unwrap();
    assert_eq!(log.lines().count(), 400);
    assert!(log.lines().all(|line| line.contains("\"truth_cause\"")));
    assert!(!log.contains("ambiguous"));
    program.succeeds(&[&simulate[..], &["--emails", "7", "--seed", "3"]].concat());
    let other = fs::read_to_string(program.path("log.ndjson")).unwrap();
    assert_eq!(other.lines().count(), 7);
    assert!(!log.starts_with(&other));
}

#[test]
fn a_wrong_configuration_is_named_with_its_line_and_leaves_no_log() {
    let program = Program::new();
    for (content, words) in [
        (
            "seed = 1\nbouncing = 0.2\n",
            "world.toml: line 2: `bouncing` is unknown; at the top there may be",
        ),
        (
            "[policies]\ntls_top_100 = 38\n",
            "world.toml: the simulation's policies.tls_top_100 is 38; it must be between 0 and 1",
        ),
    ] {
        program.write("world.toml", content);
        let error = program.fails(&["simulate", "--config", "world.toml", "--out", "log.ndjson"]);
        assert!(error.contains(words), "{error}");
        assert_eq!(program.names("."), ["world.toml"]);
    }
    let error = program.fails(&["simulate", "--config", "none.toml", "--out", "log.ndjson"]);
    assert!(error.contains("none.toml"), "{error}");
}

#[test]
fn side_tables_lie_in_their_folder() {
    let program = Program::new();
    program.write("small.toml", "receiver_domains = 2_000\n");
    program.succeeds(&[
        "simulate",
        "--config",
        "small.toml",
        "--emails",
        "10",
        "--out",
        "log.ndjson",
        "--side-tables",
        "world",
    ]);
    assert_eq!(
        program.names("world"),
        [
            "autonomous-systems.mmdb",
            "breach-list.txt",
            "countries.mmdb",
            "domain-blocklist.txt",
            "registrar-2023-12-03.ndjson",
            "registrations.ndjson",
            "resolver-2023-12-03.ndjson",
            "resolver-2024-02-03.ndjson",
            "truth",
            "user-names.csv",
        ]
    );
    assert_eq!(
        program.names("world/truth"),
        ["domains.csv", "episodes.csv", "proxies.csv", "senders.csv"]
    );
    let domains = fs::read_to_string(program.path("world/truth/domains.csv")).unwrap();
    assert_eq!(domains.lines().count(), 2_001);
}
