//! `measure` and `sql`, from the command line.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod program;

use program::Program;

#[cfg(not(feature = "measure"))]
#[test]
fn without_the_engine_the_commands_say_how_to_get_it() {
    let program = Program::new();
    for arguments in [
        &["measure", "--run", "run"][..],
        &["sql", "--run", "run", "SELECT 1"],
    ] {
        let error = program.fails(arguments);
        assert!(error.contains("--features measure"), "{error}");
    }
}

#[cfg(feature = "measure")]
mod with_the_engine {
    use std::fs;

    use super::Program;

    /// A run whose log is annotated, and the world it was simulated in.
    fn annotated() -> Program {
        let program = Program::new();
        for command in [
            "simulate --emails 3000 --out log.parquet --side-tables world",
            "mine log.parquet --run run",
            "label --run run --from-truth",
            "predict --run run --device cpu",
            "annotate --run run",
        ] {
            program.succeeds(&command.split(' ').collect::<Vec<_>>());
        }
        program
    }

    #[test]
    fn a_run_is_measured_and_queried() {
        let program = annotated();
        let measure = [
            "measure",
            "--run",
            "run",
            "--snapshots",
            "world",
            "--against-truth",
            "world",
        ];
        let shown = program.succeeds(&measure);
        assert!(shown.contains("non-bounced"), "{shown}");
        let names = program.names("run/measurement");
        for name in ["report.html", "measurement.json", "figures.csv"] {
            assert!(names.iter().any(|it| it == name), "{names:?}");
        }
        for end in ["csv", "svg", "png"] {
            assert!(
                names.iter().filter(|it| it.ends_with(end)).count() > 3,
                "{names:?}"
            );
        }
        // Nobody's address is in any file of the report.
        let log = program.succeeds(&[
            "sql",
            "--run",
            "run",
            "--format",
            "csv",
            "SELECT DISTINCT recipient FROM mails WHERE degree = 'hard-bounced'",
        ]);
        let addresses: Vec<&str> = log.lines().skip(1).collect();
        assert!(addresses.len() > 50, "{}", addresses.len());
        for name in names.iter().filter(|it| !it.ends_with("png")) {
            let text =
                fs::read_to_string(program.path(&format!("run/measurement/{name}"))).unwrap();
            for address in &addresses {
                assert!(!text.contains(address), "{name}");
            }
        }
        // The same bytes again, on another number of threads.
        let before = fs::read(program.path("run/measurement/measurement.json")).unwrap();
        program.succeeds(&[&measure[..], &["--threads", "1"]].concat());
        let after = fs::read(program.path("run/measurement/measurement.json")).unwrap();
        assert!(before == after);
        let json = program.succeeds(&[&measure[..], &["--json"]].concat());
        assert!(json.as_bytes() == after);
        let journal = fs::read_to_string(program.path("run/run.json")).unwrap();
        assert!(journal.contains("\"measure\""), "{journal}");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let program = annotated();
        let error = program.fails(&["sql", "--run", "run", "SELECT 1"]);
        assert!(error.contains("`ebrc measure`"), "{error}");
        let error = program.fails(&["measure", "--run", "run", "--geography", "log.parquet"]);
        assert!(error.contains("log.parquet"), "{error}");
        program.write("settings.toml", "major_typ = \"first\"\n");
        let error = program.fails(&["measure", "--run", "run", "--settings", "settings.toml"]);
        assert!(
            error.contains("settings.toml") && error.contains("major_typ"),
            "{error}"
        );
        // Without snapshots the rest is measured, and what lacks is named.
        let shown = program.succeeds(&["measure", "--run", "run"]);
        assert!(shown.contains("--breach-list"), "{shown}");
        let rows = program.succeeds_with_input(
            "SELECT count(*) AS mails FROM mails",
            &["sql", "--run", "run", "--format", "ndjson", "-"],
        );
        assert_eq!(rows, "{\"mails\":3000}\n");
        let error = program.fails(&["sql", "--run", "run", "DROP TABLE mails"]);
        assert!(!error.is_empty());
    }
}
