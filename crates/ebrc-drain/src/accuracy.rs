//! How well mined templates agree with true ones: the four figures in which the
//! field reports log parsers.
//!
//! They are those of Khan et al., *Guidelines for Assessing the Accuracy of Log
//! Message Template Identification Techniques* (ICSE 2022), and of Jiang et al.,
//! *A Large-Scale Evaluation for Log Parsing Techniques: How Far Are We?* (ISSTA
//! 2024, LogHub-2.0). Texts are compared as [`normalise`] writes them.
//!
//! ```
//! use ebrc_drain::accuracy::{Accuracy, Parsed};
//!
//! let line = |group, template| Parsed { group, template };
//! let accuracy = Accuracy::of([
//!     (line(0, "user <*> left"), line(7, "user <*> left")),
//!     (line(0, "user <*> left"), line(7, "user <*> left")),
//!     (line(1, "disk <*> full"), line(8, "disk full")),
//! ]);
//! assert_eq!(accuracy.grouping_accuracy(), 1.0);
//! assert_eq!(accuracy.parsing_accuracy(), 2.0 / 3.0);
//! assert_eq!(accuracy.grouping_f1(), 1.0);
//! assert_eq!(accuracy.template_f1(), 0.5);
//! ```

use hashbrown::{HashMap, HashSet};

use crate::WILDCARD;

/// What one side, the miner or the truth, says about a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parsed<'a> {
    /// The group that the line is in; any numbers will do.
    pub group: u32,
    /// The line's template.
    pub template: &'a str,
}

/// The counts that the four figures are made of.
///
/// With no lines, or nothing right, a figure is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Accuracy {
    /// Lines.
    pub lines: usize,
    /// Lines whose predicted group holds exactly the lines of their true group.
    pub grouped_lines: usize,
    /// Lines whose predicted template reads as their true one.
    pub parsed_lines: usize,
    /// Predicted groups.
    pub groups: usize,
    /// True groups.
    pub true_groups: usize,
    /// Predicted groups that hold exactly the lines of a true group.
    pub right_groups: usize,
    /// Predicted templates, told apart by what they read.
    pub templates: usize,
    /// True templates, told apart by what they read.
    pub true_templates: usize,
    /// Predicted templates that read as the true one of all their lines.
    pub right_templates: usize,
}

impl Accuracy {
    /// Counts over lines, each as predicted and in truth.
    #[must_use]
    pub fn of<'a>(lines: impl IntoIterator<Item = (Parsed<'a>, Parsed<'a>)>) -> Self {
        let mut accuracy = Self::default();
        let mut texts = Texts::default();
        // Lines by predicted group, by true group, and by both.
        let mut groups: HashMap<u32, usize> = HashMap::new();
        let mut true_groups: HashMap<u32, usize> = HashMap::new();
        let mut pairs: HashMap<(u32, u32), usize> = HashMap::new();
        // The true texts of each predicted text.
        let mut truths: HashMap<usize, HashSet<usize>> = HashMap::new();
        let mut true_texts = HashSet::new();
        for (predicted, truth) in lines {
            accuracy.lines += 1;
            *groups.entry(predicted.group).or_default() += 1;
            *true_groups.entry(truth.group).or_default() += 1;
            *pairs.entry((predicted.group, truth.group)).or_default() += 1;
            let text = texts.number(predicted.template);
            let true_text = texts.number(truth.template);
            accuracy.parsed_lines += usize::from(text == true_text);
            truths.entry(text).or_default().insert(true_text);
            true_texts.insert(true_text);
        }
        for ((group, true_group), lines) in pairs {
            if groups.get(&group) == Some(&lines) && true_groups.get(&true_group) == Some(&lines) {
                accuracy.right_groups += 1;
                accuracy.grouped_lines += lines;
            }
        }
        accuracy.groups = groups.len();
        accuracy.true_groups = true_groups.len();
        accuracy.templates = truths.len();
        accuracy.true_templates = true_texts.len();
        accuracy.right_templates = truths
            .iter()
            .filter(|(text, true_texts)| true_texts.len() == 1 && true_texts.contains(*text))
            .count();
        accuracy
    }

    /// GA: the share of lines whose predicted group holds exactly the lines of
    /// their true group.
    #[must_use]
    pub fn grouping_accuracy(&self) -> f64 {
        share(self.grouped_lines, self.lines)
    }

    /// PA: the share of lines whose template reads as their true one.
    #[must_use]
    pub fn parsing_accuracy(&self) -> f64 {
        share(self.parsed_lines, self.lines)
    }

    /// FGA: the F1 of groups. A predicted group is right if it holds exactly
    /// the lines of a true one.
    #[must_use]
    pub fn grouping_f1(&self) -> f64 {
        share(2 * self.right_groups, self.groups + self.true_groups)
    }

    /// FTA: the F1 of templates. A predicted template is right if the true
    /// template of all its lines reads the same.
    ///
    /// As in LogHub-2.0, templates that read the same are one, and a right
    /// template need not have all lines of the true one.
    #[must_use]
    pub fn template_f1(&self) -> f64 {
        share(
            2 * self.right_templates,
            self.templates + self.true_templates,
        )
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// Templates as they read, numbered.
#[derive(Default)]
struct Texts {
    of_template: HashMap<String, usize>,
    of_text: HashMap<String, usize>,
}

impl Texts {
    fn number(&mut self, template: &str) -> usize {
        if let Some(&number) = self.of_template.get(template) {
            return number;
        }
        let next = self.of_text.len();
        let number = *self.of_text.entry(normalise(template)).or_insert(next);
        self.of_template.insert(template.to_owned(), number);
        number
    }
}

/// Signs at which a template is cut before words are looked at.
const SIGNS: &[char] = &[
    ',', '!', ';', ':', '=', '|', '"', '\'', '[', ']', '(', ')', '{', '}', '.', '-', '+', '@', '#',
    '$', '%', '&',
];

/// A template as it is compared.
///
/// These are the rules by which LogHub-2.0 corrects templates before it
/// compares them, but for those that it has switched off (truth values, user
/// names, paths), in this order:
///
/// 1. white space at both ends goes, and any other is one space;
/// 2. a named slot, `<number>` or `<ip>`, is a wildcard `<*>` (ours: such names
///    do not occur in LogHub's templates);
/// 3. cut at white space and ``,!;:=|"'[](){}.-+@#$%&``, a word of digits is a
///    wildcard, and so is a word without `/` that holds a wildcard (`blk_<*>`);
/// 4. wildcards that touch, or between which one of `.:#/@` stands, are one;
/// 5. `#` around or before a wildcard between spaces goes, and so do the quotes
///    around one.
///
/// Wildcards with a space between them stay apart.
#[must_use]
pub fn normalise(template: &str) -> String {
    let spaced = template.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = wildcard_words(&unnamed(&spaced));
    let mut text = join_wildcards(&words);
    for (from, to) in [
        (" #<*># ", " <*> "),
        (" #<*> ", " <*> "),
        (" \"<*>\" ", " <*> "),
        (" '<*>' ", " <*> "),
    ] {
        while text.contains(from) {
            text = text.replace(from, to);
        }
    }
    text
}

/// Named slots as wildcards.
fn unnamed(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        result.push_str(&rest[..start]);
        rest = &rest[start..];
        let name = rest[1..]
            .bytes()
            .take_while(|byte| byte.is_ascii_lowercase() || *byte == b'_')
            .count();
        if name > 0 && rest[1 + name..].starts_with('>') {
            result.push_str(WILDCARD);
            rest = &rest[name + 2..];
        } else {
            result.push('<');
            rest = &rest[1..];
        }
    }
    result.push_str(rest);
    result
}

fn wildcard_words(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for piece in text.split_inclusive(|sign| sign == ' ' || SIGNS.contains(&sign)) {
        let word = piece.trim_end_matches(|sign| sign == ' ' || SIGNS.contains(&sign));
        let digits = !word.is_empty() && word.chars().all(char::is_numeric);
        if digits || (word.contains(WILDCARD) && !word.contains('/')) {
            result.push_str(WILDCARD);
        } else {
            result.push_str(word);
        }
        result.push_str(&piece[word.len()..]);
    }
    result
}

fn join_wildcards(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(WILDCARD) {
        let end = start + WILDCARD.len();
        result.push_str(&rest[..end]);
        rest = &rest[end..];
        while let Some(more) = rest
            .strip_prefix(['.', ':', '#', '/', '@'])
            .unwrap_or(rest)
            .strip_prefix(WILDCARD)
        {
            rest = more;
        }
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_compared_by_what_they_read() {
        for (template, expected) in [
            ("  a   b ", "a b"),
            ("took <number> ms at <ip>", "took <*> ms at <*>"),
            ("a <b c> <B> <>", "a <b c> <B> <>"),
            ("blk_<*> of size 12", "<*> of size <*>"),
            ("size=12, port-8080 x86", "size=<*>, port-<*> x86"),
            ("/<*>:<*>:Got exception", "/<*>:Got exception"),
            ("file /a/blk_<*> is", "file /a/blk_<*> is"),
            ("<*>.<*> s <*><*> <*>/<*>@<*>", "<*> s <*> <*>"),
            ("<*> <*>", "<*> <*>"),
            ("<*>-<*>,<*>", "<*>-<*>,<*>"),
            ("steps = <*>##<*>", "steps = <*>##<*>"),
            (
                "job #<*># of #<*> is '<*>' or \"<*>\" .",
                "job <*> of <*> is <*> or <*> .",
            ),
            ("", ""),
        ] {
            assert_eq!(normalise(template), expected, "{template}");
        }
    }

    #[test]
    fn the_four_figures_are_those_counted_by_hand() {
        let parsed = |group, template| Parsed { group, template };
        // True: A (2 lines), B (3 lines), C (1 line), D (2 lines).
        // Mined: A right in both ways; B parted in two, one of them with B's
        // text; C and a line of D in one group; the other line of D alone.
        let accuracy = Accuracy::of([
            (parsed(0, "a <*>"), parsed(0, "a <*>")),
            (parsed(0, "a <*>"), parsed(0, "a <*>")),
            (parsed(1, "b <number> c"), parsed(1, "b <*> c")),
            (parsed(1, "b <number> c"), parsed(1, "b <*> c")),
            (parsed(2, "b x c"), parsed(1, "b <*> c")),
            (parsed(3, "c <*>"), parsed(2, "c <*>")),
            (parsed(3, "c <*>"), parsed(3, "<*> d")),
            (parsed(4, "y d"), parsed(3, "<*> d")),
        ]);
        assert_eq!(
            accuracy,
            Accuracy {
                lines: 8,
                grouped_lines: 2,
                parsed_lines: 5,
                groups: 5,
                true_groups: 4,
                right_groups: 1,
                templates: 5,
                true_templates: 4,
                right_templates: 2,
            }
        );
        assert_eq!(accuracy.grouping_accuracy(), 2.0 / 8.0);
        assert_eq!(accuracy.parsing_accuracy(), 5.0 / 8.0);
        // Precision 1/5, recall 1/4; precision 2/5, recall 2/4.
        assert_eq!(accuracy.grouping_f1(), 2.0 / 9.0);
        assert_eq!(accuracy.template_f1(), 4.0 / 9.0);
    }

    #[test]
    fn groups_that_read_the_same_are_one_template() {
        let parsed = |group, template| Parsed { group, template };
        let accuracy = Accuracy::of([
            (parsed(0, "a <*>"), parsed(0, "a <*>")),
            (parsed(1, "a <number>"), parsed(0, "a <*>")),
        ]);
        assert_eq!(accuracy.grouping_f1(), 0.0);
        assert_eq!(accuracy.template_f1(), 1.0);
        assert_eq!(accuracy.parsing_accuracy(), 1.0);
    }

    #[test]
    fn no_lines_give_zeros() {
        let accuracy = Accuracy::of([]);
        assert_eq!(accuracy, Accuracy::default());
        assert_eq!(accuracy.grouping_accuracy(), 0.0);
        assert_eq!(accuracy.template_f1(), 0.0);
    }
}
