use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use ebrc_rules::guessing::{Candidate, Settings, judge};

use super::{numbers, text, value};
use crate::Error;
use crate::artefacts::sql;
use crate::engine::{Engine, TableFile};

/// Writes the table `guessing`: sender domains that guess user names, and
/// where. One pair of domains is in memory at a time.
pub(crate) fn find_guessing(
    engine: &Engine,
    settings: &Settings,
    path: &Path,
) -> Result<(), Error> {
    settings
        .validate()
        .map_err(|error| Error::Setting(error.to_string()))?;
    let mut found = Found::default();
    let mut pair: Option<Pair> = None;
    engine.stream("guessing_attempts", sql!("guessing_attempts"), |batch| {
        let senders = text(batch, "sender_domain")?;
        let receivers = text(batch, "receiver_domain")?;
        let users = text(batch, "user_name")?;
        let sender_mails = numbers(batch, "sender_mails")?;
        let mails = numbers(batch, "mails")?;
        let refused = numbers(batch, "refused")?;
        let delivered = numbers(batch, "delivered")?;
        for row in 0..batch.num_rows() {
            let (sender, receiver) = (value(&senders, row), value(&receivers, row));
            if !pair.as_ref().is_some_and(|pair| pair.is(sender, receiver)) {
                let next = Pair::of(sender, receiver, sender_mails[row]);
                if let Some(done) = pair.replace(next) {
                    done.judge(settings, &mut found);
                }
            }
            let Some(pair) = &mut pair else { continue };
            pair.add(value(&users, row), mails[row], refused[row], delivered[row]);
        }
        Ok(())
    })?;
    if let Some(last) = pair {
        last.judge(settings, &mut found);
    }
    found.write(path)
}

#[derive(Default)]
struct Pair {
    candidate: Candidate,
    refused_mails: i64,
    /// What was delivered, by user name in lower case.
    delivered_mails: Vec<(String, i64)>,
}

impl Pair {
    fn of(sender: &str, receiver: &str, sender_mails: i64) -> Self {
        Self {
            candidate: Candidate {
                sender_domain: sender.to_owned(),
                receiver_domain: receiver.to_owned(),
                sender_mails: sender_mails.unsigned_abs(),
                ..Candidate::default()
            },
            ..Self::default()
        }
    }

    fn is(&self, sender: &str, receiver: &str) -> bool {
        self.candidate.sender_domain == sender && self.candidate.receiver_domain == receiver
    }

    fn add(&mut self, user: &str, mails: i64, refused: i64, delivered: i64) {
        self.candidate.mails += mails.unsigned_abs();
        self.refused_mails += refused;
        if refused > 0 {
            self.candidate.refused_users.push(user.to_owned());
        }
        if delivered > 0 {
            self.candidate.delivered_users.push(user.to_owned());
            self.delivered_mails.push((user.to_lowercase(), delivered));
        }
    }

    fn judge(self, settings: &Settings, found: &mut Found) {
        let Some(guessing) = judge(&self.candidate, settings) else {
            return;
        };
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let hit_mails = self
            .delivered_mails
            .iter()
            .filter(|(user, _)| guessing.hits.contains(user))
            .map(|(_, mails)| mails)
            .sum();
        found.sender_domains.push(guessing.sender_domain);
        found.receiver_domains.push(guessing.receiver_domain);
        let numbers = [
            count(guessing.people),
            count(guessing.usernames),
            self.refused_mails,
            guessing.hits.len() as i64,
            hit_mails,
        ];
        for (column, number) in found.numbers.iter_mut().zip(numbers) {
            column.push(number);
        }
    }
}

const NUMBERS: [&str; 5] = ["people", "usernames", "refused_mails", "hits", "hit_mails"];

#[derive(Default)]
struct Found {
    sender_domains: Vec<String>,
    receiver_domains: Vec<String>,
    numbers: [Vec<i64>; NUMBERS.len()],
}

impl Found {
    fn write(self, path: &Path) -> Result<(), Error> {
        let mut fields = vec![
            Field::new("sender_domain", DataType::Utf8, false),
            Field::new("receiver_domain", DataType::Utf8, false),
        ];
        fields.extend(NUMBERS.map(|name| Field::new(name, DataType::Int64, false)));
        let schema = Arc::new(Schema::new(fields));
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from(self.sender_domains)),
            Arc::new(StringArray::from(self.receiver_domains)),
        ];
        for numbers in self.numbers {
            columns.push(Arc::new(Int64Array::from(numbers)));
        }
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns)
            .map_err(|error| Error::query("guessing")(error.into()))?;
        let mut file = TableFile::create(path, schema)?;
        file.write(&batch)?;
        file.commit()
    }
}
