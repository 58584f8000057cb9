//! The program, in a folder of its own.

#![allow(dead_code, reason = "each test file uses its part")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The program and the folder it works in.
pub(crate) struct Program {
    folder: TempDir,
}

impl Program {
    pub(crate) fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).unwrap();
    }

    /// What lies in a folder, in order.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        names(&self.path(folder))
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ebrc"));
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    fn output(&self, input: &str, arguments: &[&str]) -> Output {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that fails early does not read its input.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    pub(crate) fn exit_code(&self, arguments: &[&str]) -> Option<i32> {
        self.output("", arguments).status.code()
    }

    /// Runs a command that must succeed; its standard output.
    pub(crate) fn succeeds(&self, arguments: &[&str]) -> String {
        self.succeeds_with_input("", arguments)
    }

    pub(crate) fn succeeds_with_input(&self, input: &str, arguments: &[&str]) -> String {
        let output = self.output(input, arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command that must fail; its standard error.
    pub(crate) fn fails(&self, arguments: &[&str]) -> String {
        let output = self.output("", arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {error}");
        assert!(error.contains("ebrc: "), "{error}");
        error
    }
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A line of a log: one mail, refused once.
pub(crate) fn record(reply: &str) -> String {
    let line = r#"{"from":"alice@a.example","to":"bob@b.example","start_time":"2022-06-14 16:30:35","end_time":"2022-06-14 16:45:19","from_ip":["10.0.0.1"],"to_ip":["10.0.0.2"],"delivery_result":["REPLY"],"delivery_latency":[54854],"email_flag":"Normal"}"#;
    format!("{}\n", line.replace("REPLY", reply))
}
