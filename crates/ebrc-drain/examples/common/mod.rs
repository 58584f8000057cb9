//! The options that the examples share.

use std::error::Error;
use std::str::FromStr;

use ebrc_drain::Settings;

/// The words of a command line that are not yet understood.
pub(crate) struct Arguments(Vec<String>);

impl Arguments {
    pub(crate) fn new() -> Self {
        Self(std::env::args().skip(1).collect())
    }

    /// Takes an option with a value.
    pub(crate) fn value<T>(&mut self, name: &str) -> Result<Option<T>, Box<dyn Error>>
    where
        T: FromStr<Err: Error + 'static>,
    {
        let Some(at) = self.0.iter().position(|word| word == name) else {
            return Ok(None);
        };
        if at + 1 == self.0.len() {
            return Err(format!("{name} needs a value").into());
        }
        let value = self.0.remove(at + 1);
        self.0.remove(at);
        Ok(Some(value.parse()?))
    }

    /// Takes an option without a value.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != name);
        self.0.len() < before
    }

    /// Takes `--depth`, `--similarity`, `--max-children`, `--numeric` and
    /// `--no-numeric`.
    pub(crate) fn settings(&mut self) -> Result<Settings, Box<dyn Error>> {
        let default = Settings::default();
        let numeric = self.flag("--numeric");
        Ok(Settings {
            depth: self.value("--depth")?.unwrap_or(default.depth),
            similarity: self.value("--similarity")?.unwrap_or(default.similarity),
            max_children: self
                .value("--max-children")?
                .unwrap_or(default.max_children),
            numeric_tokens_are_wildcards: !self.flag("--no-numeric") || numeric,
            ..default
        })
    }

    /// What is left: a file's name, or `-` for standard input.
    pub(crate) fn file(self) -> Result<Option<String>, Box<dyn Error>> {
        let is_option = |word: &String| word.len() > 1 && word.starts_with('-');
        match self.0.as_slice() {
            [] => Ok(None),
            [file] if !is_option(file) => Ok(Some(file.clone())),
            words => Err(format!("not understood: {}", words.join(" ")).into()),
        }
    }
}
