use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ebrc_delivery::{AnnotatedReader, AnnotatedRecord, TypeSource};
use ebrc_evaluation::{
    Bootstrap, Report, RunEvidence, RunRow, Setting, Source, TemplateFacts, VoteRow,
};
use ebrc_ndr::classifier_text;
use ebrc_taxonomy::{BounceType, TemplateLabel};
use hashbrown::HashMap;
use rayon::prelude::*;
use serde_json::json;

use super::baselines::Baselines;
use super::learning::learning_curve_of;
use super::model_card::{card_text, card_with_evaluation};
use super::review::{MessageId, Reviewed, read_review};
use crate::error::BEGIN_AGAIN;
use crate::run::file;
use crate::{Error, PredictionRow, Run, Stage, TemplateRow, Watch, tables};

/// Records that are looked at together.
const RECORDS_A_BATCH: usize = 4096;

/// Texts whose baselines' answers are remembered.
const MOST_TEXTS: usize = 100_000;

/// How a run is evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluateSettings {
    /// Messages of each predicted type; the paper takes 100.
    pub per_type: u64,
    /// The seed of the sample and of the bootstrap.
    pub seed: u64,
    /// Filled-in review sheets: two of different people, and a third that
    /// settles where these differ. With any, theirs is the truth of the sample.
    pub reviews: Vec<PathBuf>,
}

/// Compares a run's types with the truth of its log, or with what people say
/// of a sample: by the paper's protocol, and over the whole population where
/// its truth is known.
///
/// # Errors
/// Where the run is not annotated, or nothing tells its truth; where a review
/// sheet is wrong, by line.
pub fn evaluate(
    run: &Run,
    evaluation: &EvaluateSettings,
    watch: &mut dyn Watch,
) -> Result<Report, Error> {
    let annotated = run.existing(file::ANNOTATED, Stage::Annotate)?;
    let settings = json!({ "per_type": evaluation.per_type, "seed": evaluation.seed });
    let reviewed = match evaluation.reviews.as_slice() {
        [] => None,
        sheets => Some(read_review(sheets)?),
    };
    let baselines = Baselines::of_run(run, evaluation.seed, watch)?;
    let population = population(run, &annotated, &baselines, watch)?;
    let picks = Picks::of(&population.rows, evaluation);
    let samples = samples(&annotated, &picks, &baselines, reviewed.as_ref(), watch)?;
    let review = match &reviewed {
        Some(reviewed) => Some(reviewed.summary(samples.messages, samples.in_sheet)?),
        None => None,
    };
    let learning_curve = learning_curve_of(run)?;
    let evidence = RunEvidence {
        population: &population.rows,
        sampled: &samples.all,
        sampled_predicted: &samples.by_model,
        per_type: evaluation.per_type,
        rivals: &baselines.names(),
        templates: &template_facts(run)?,
        votes: &population.votes,
        review: review.as_ref(),
        learning_curve: &learning_curve,
    };
    let report = Report::of_run(
        &evidence,
        &Bootstrap::with_seed(evaluation.seed),
        made_with(run, evaluation)?,
    )
    .map_err(|error| match error {
        ebrc_evaluation::Error::NoTruth if evaluation.reviews.is_empty() => Error::NoTruth,
        error => error.into(),
    })?;
    let folder = run.evaluation();
    write_report(&report, &folder)?;
    let summary = json!({
        "macro_precision": report.headline.summary.macro_precision,
        "macro_recall": report.headline.summary.macro_recall,
    });
    let mut inputs = vec![annotated];
    let read = [
        file::TEMPLATES,
        file::TRAIN,
        file::PREDICTIONS,
        file::VOTES,
        file::LEARNING_CURVE,
    ];
    inputs.extend(
        read.map(|name| run.path(name))
            .into_iter()
            .filter(|path| path.exists()),
    );
    inputs.extend(evaluation.reviews.iter().cloned());
    run.record(Stage::Evaluate, &settings, &inputs, &[folder], &summary)?;
    if typed_by_own_model(run)? {
        write_model_card(&report, &run.model())?;
    }
    Ok(report)
}

fn made_with(run: &Run, evaluation: &EvaluateSettings) -> Result<Vec<Setting>, Error> {
    let mut settings = vec![Setting::new("messages a type", evaluation.per_type)];
    let predicted_by = run.settings_of(Stage::Predict)?;
    if let Some(model) = predicted_by.get("model").and_then(|model| model.as_str()) {
        settings.push(Setting::new("model weights (SHA-256)", model));
    }
    settings.push(Setting::new("seed", evaluation.seed));
    Ok(settings)
}

/// Whether the run's own model, which has a card, made its predictions.
fn typed_by_own_model(run: &Run) -> Result<bool, Error> {
    let weights = run.model().join(file::WEIGHTS);
    if !(weights.is_file() && run.model().join(file::MODEL_CARD).is_file()) {
        return Ok(false);
    }
    let predicted_by = run.settings_of(Stage::Predict)?;
    let fingerprint = ebrc_files::sha256_hex(&weights)?;
    Ok(predicted_by.get("model").and_then(|model| model.as_str()) == Some(fingerprint.as_str()))
}

/// One refused message of an annotated log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Typed {
    template_id: Option<u32>,
    gold: Option<TemplateLabel>,
    predicted: Option<BounceType>,
    source: Source,
    rivals: Vec<BounceType>,
}

/// Messages counted by what they agree in, so that memory grows with the
/// templates and not with the log.
#[derive(Debug, Default)]
struct Tally(BTreeMap<Typed, u64>);

impl Tally {
    fn add(&mut self, typed: Typed) {
        *self.0.entry(typed).or_default() += 1;
    }

    fn rows(self) -> Vec<RunRow> {
        self.0
            .into_iter()
            .map(|(typed, messages)| RunRow {
                template_id: typed.template_id,
                gold: typed.gold,
                predicted: typed.predicted,
                source: typed.source,
                messages,
                rivals: typed.rivals,
            })
            .collect()
    }
}

/// Every refused message of a run, and those that voted.
struct Population {
    rows: Vec<RunRow>,
    votes: Vec<VoteRow>,
}

fn population(
    run: &Run,
    annotated: &Path,
    baselines: &Baselines,
    watch: &mut dyn Watch,
) -> Result<Population, Error> {
    let mut voters = Voters::of(run)?;
    let mut answers = RivalAnswers::new(baselines);
    let mut tally = Tally::default();
    each_batch(annotated, watch, |messages| {
        for (message, rivals) in messages.iter().zip(answers.of(messages)) {
            voters.hear(message);
            tally.add(message.typed(message.gold, rivals));
        }
    })?;
    Ok(Population {
        rows: tally.rows(),
        votes: voters.heard(),
    })
}

/// The ordinals to sample of each predicted type: of all messages, and of those
/// that the model typed.
struct Picks {
    all: BTreeMap<BounceType, Vec<u64>>,
    by_model: BTreeMap<BounceType, Vec<u64>>,
}

impl Picks {
    fn of(rows: &[RunRow], settings: &EvaluateSettings) -> Self {
        let draw = |counts: fn(Source) -> bool| {
            let mut messages: BTreeMap<BounceType, u64> = BTreeMap::new();
            for row in rows.iter().filter(|row| counts(row.source)) {
                if let Some(kind) = row.predicted {
                    *messages.entry(kind).or_default() += row.messages;
                }
            }
            let messages: Vec<(BounceType, u64)> = messages.into_iter().collect();
            ebrc_sampling::evaluation(settings.per_type, &messages, settings.seed)
        };
        Self {
            all: draw(|_| true),
            by_model: draw(|source| source != Source::Labelled),
        }
    }
}

/// Counts messages of each predicted type, and says which are sampled.
#[derive(Default)]
struct Counting(BTreeMap<BounceType, u64>);

impl Counting {
    fn is_picked(&mut self, kind: BounceType, picks: &BTreeMap<BounceType, Vec<u64>>) -> bool {
        let ordinal = self.0.entry(kind).or_default();
        let picked = picks
            .get(&kind)
            .is_some_and(|picks| picks.binary_search(ordinal).is_ok());
        *ordinal += 1;
        picked
    }
}

/// Visits the messages that the paper's protocol samples of all messages, and
/// of those that the model typed; which of the two is said.
fn each_sampled(
    annotated: &Path,
    picks: &Picks,
    watch: &mut dyn Watch,
    mut each: impl FnMut(&Message<'_>, InSample),
) -> Result<(), Error> {
    let (mut all, mut by_model) = (Counting::default(), Counting::default());
    each_batch(annotated, watch, |messages| {
        for message in messages {
            let Some(kind) = message.predicted else {
                continue;
            };
            let sample = InSample {
                all: all.is_picked(kind, &picks.all),
                by_model: message.source != Source::Labelled
                    && by_model.is_picked(kind, &picks.by_model),
            };
            if sample.all || sample.by_model {
                each(message, sample);
            }
        }
    })
}

/// Which samples a message is in.
#[derive(Debug, Clone, Copy)]
struct InSample {
    all: bool,
    by_model: bool,
}

/// The messages of the paper's protocol.
struct Samples {
    all: Vec<RunRow>,
    by_model: Vec<RunRow>,
    /// How many messages the sample of all has.
    messages: u64,
    /// How many of them the review sheets have.
    in_sheet: u64,
}

fn samples(
    annotated: &Path,
    picks: &Picks,
    baselines: &Baselines,
    reviewed: Option<&Reviewed>,
    watch: &mut dyn Watch,
) -> Result<Samples, Error> {
    let (mut all, mut by_model) = (Tally::default(), Tally::default());
    let (mut messages, mut in_sheet) = (0, 0);
    each_sampled(annotated, picks, watch, |message, sample| {
        let gold = match reviewed {
            Some(reviewed) => reviewed.label(message.id),
            None => message.gold,
        };
        let rivals = baselines.answers(message.raw, &classifier_text(message.raw));
        // People judged the sample of all alone.
        let in_by_model = match reviewed {
            Some(_) => sample.all && message.source != Source::Labelled,
            None => sample.by_model,
        };
        if in_by_model {
            by_model.add(message.typed(gold, rivals.clone()));
        }
        if sample.all {
            all.add(message.typed(gold, rivals));
            messages += 1;
            in_sheet += u64::from(reviewed.is_some_and(|reviewed| reviewed.has(message.id)));
        }
    })?;
    Ok(Samples {
        all: all.rows(),
        by_model: by_model.rows(),
        messages,
        in_sheet,
    })
}

/// The messages of the paper's protocol for people to judge, in the order of
/// the log.
pub(super) fn sampled_messages(
    run: &Run,
    settings: &EvaluateSettings,
    watch: &mut dyn Watch,
) -> Result<Vec<(MessageId, String)>, Error> {
    let annotated = run.existing(file::ANNOTATED, Stage::Annotate)?;
    let mut tally = Tally::default();
    each_batch(&annotated, watch, |messages| {
        for message in messages {
            tally.add(message.typed(None, Vec::new()));
        }
    })?;
    let picks = Picks::of(&tally.rows(), settings);
    let mut found = Vec::new();
    each_sampled(&annotated, &picks, watch, |message, sample| {
        if sample.all {
            found.push((message.id, message.raw.to_owned()));
        }
    })?;
    Ok(found)
}

/// A refused message of an annotated log.
struct Message<'a> {
    id: MessageId,
    template_id: Option<u32>,
    gold: Option<TemplateLabel>,
    predicted: Option<BounceType>,
    source: Source,
    raw: &'a str,
}

impl Message<'_> {
    fn typed(&self, gold: Option<TemplateLabel>, rivals: Vec<BounceType>) -> Typed {
        Typed {
            template_id: self.template_id,
            gold,
            predicted: self.predicted,
            source: self.source,
            rivals,
        }
    }
}

/// Visits the refused messages of an annotated log in order, some thousand
/// mails at a time.
fn each_batch(
    annotated: &Path,
    watch: &mut dyn Watch,
    mut each: impl FnMut(&[Message<'_>]),
) -> Result<(), Error> {
    watch.begin(Stage::Evaluate, None);
    let mut reader = AnnotatedReader::open(annotated)?;
    let mut mails = 0;
    loop {
        let batch: Vec<AnnotatedRecord> = reader
            .by_ref()
            .take(RECORDS_A_BATCH)
            .collect::<Result<_, _>>()?;
        if batch.is_empty() {
            return Ok(());
        }
        let messages: Vec<Message<'_>> = (mails..)
            .zip(&batch)
            .flat_map(|(mail, row)| messages_of(mail, row))
            .collect();
        each(&messages);
        mails += batch.len() as u64;
        watch.advance(mails);
        if watch.wants_stop() {
            return Err(Error::Interrupted(BEGIN_AGAIN));
        }
    }
}

fn messages_of(mail: u64, row: &AnnotatedRecord) -> impl Iterator<Item = Message<'_>> {
    let truth = row.record.truth_type.as_deref().unwrap_or_default();
    let attempts = row.label.iter().zip(&row.source).zip(&row.template_id);
    (0..)
        .zip(attempts)
        .zip(&row.record.delivery_result)
        .filter_map(move |((attempt, ((label, source), template_id)), raw)| {
            Some(Message {
                id: MessageId { mail, attempt },
                template_id: *template_id,
                gold: truth.get(attempt as usize).copied().flatten(),
                predicted: (*label)?.bounce_type(),
                source: match (*source)? {
                    TypeSource::Labelled => Source::Labelled,
                    TypeSource::Predicted => Source::Predicted,
                    TypeSource::Direct => Source::Direct,
                },
                raw,
            })
        })
}

/// What the baselines say of messages; those of texts that came before are
/// remembered.
struct RivalAnswers<'b> {
    baselines: &'b Baselines,
    known: HashMap<String, Vec<BounceType>>,
}

impl<'b> RivalAnswers<'b> {
    fn new(baselines: &'b Baselines) -> Self {
        Self {
            baselines,
            known: HashMap::new(),
        }
    }

    /// Nothing for messages that count in no comparison.
    fn of(&mut self, messages: &[Message<'_>]) -> Vec<Vec<BounceType>> {
        if self.known.len() > MOST_TEXTS {
            self.known.clear();
        }
        let found: Vec<(Option<String>, Vec<BounceType>)> = messages
            .par_iter()
            .map(|message| {
                if message.gold.and_then(TemplateLabel::bounce_type).is_none() {
                    return (None, Vec::new());
                }
                let text = classifier_text(message.raw);
                match self.known.get(&text) {
                    Some(answers) => (None, answers.clone()),
                    None => {
                        let answers = self.baselines.answers(message.raw, &text);
                        (Some(text), answers)
                    }
                }
            })
            .collect();
        found
            .into_iter()
            .map(|(new, answers)| {
                if let Some(text) = new {
                    self.known.insert(text, answers.clone());
                }
                answers
            })
            .collect()
    }
}

/// The messages that took part in votes, as they pass by.
struct Voters {
    /// What each voter of a template says, by its ordinal there.
    votes: BTreeMap<u32, BTreeMap<u64, (BounceType, f32)>>,
    /// What the vote of a template came to.
    outcomes: BTreeMap<u32, (BounceType, f64)>,
    /// How many messages of a template have passed by.
    ordinals: HashMap<u32, u64>,
    heard: BTreeMap<u32, Vec<VoteRow>>,
}

impl Voters {
    /// A run whose predictions were made without `votes.csv` has no voters.
    fn of(run: &Run) -> Result<Self, Error> {
        let mut voters = Self {
            votes: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            ordinals: HashMap::new(),
            heard: BTreeMap::new(),
        };
        let path = run.path(file::VOTES);
        if !path.exists() {
            return Ok(voters);
        }
        for vote in tables::read::<crate::VoteRow>(&path)? {
            let of_template = voters.votes.entry(vote.template_id).or_default();
            of_template.insert(vote.ordinal, (vote.label, vote.confidence));
        }
        for row in predictions(run)? {
            if let (Some(kind), Some(share)) = (row.label.bounce_type(), row.share) {
                voters.outcomes.insert(row.template_id, (kind, share));
            }
        }
        Ok(voters)
    }

    fn hear(&mut self, message: &Message<'_>) {
        let Some(template_id) = message.template_id else {
            return;
        };
        let Some(votes) = self.votes.get(&template_id) else {
            return;
        };
        let ordinal = self.ordinals.entry(template_id).or_default();
        let vote = votes.get(ordinal);
        *ordinal += 1;
        if let Some(&(single, confidence)) = vote
            && let Some(gold) = message.gold.and_then(TemplateLabel::bounce_type)
            && let Some(&(voted, share)) = self.outcomes.get(&template_id)
        {
            self.heard.entry(template_id).or_default().push(VoteRow {
                template_id,
                gold,
                single,
                probability: confidence.into(),
                voted,
                share,
            });
        }
    }

    fn heard(self) -> Vec<VoteRow> {
        self.heard.into_values().flatten().collect()
    }
}

fn predictions(run: &Run) -> Result<Vec<PredictionRow>, Error> {
    tables::read(&run.existing(file::PREDICTIONS, Stage::Predict)?)
}

fn template_facts(run: &Run) -> Result<BTreeMap<u32, TemplateFacts>, Error> {
    let shares: BTreeMap<u32, Option<f64>> = predictions(run)?
        .into_iter()
        .map(|row| (row.template_id, row.share))
        .collect();
    let templates: Vec<TemplateRow> = tables::read(&run.existing(file::TEMPLATES, Stage::Mine)?)?;
    Ok(templates
        .iter()
        .map(|row| {
            let facts = TemplateFacts {
                text: row.whole(),
                share: shares.get(&row.template_id).copied().flatten(),
            };
            (row.template_id, facts)
        })
        .collect())
}

/// Writes a report in all its forms.
pub(super) fn write_report(report: &Report, folder: &Path) -> Result<(), Error> {
    ebrc_files::create_folder(folder)?;
    crate::run::write_json(&folder.join("report.json"), report)?;
    let attachments = ebrc_report::attachments(report);
    for (name, content) in &attachments {
        ebrc_files::write_complete(&folder.join(name), content.as_bytes())?;
    }
    // An earlier report in the folder may have had more.
    for name in ebrc_report::ATTACHMENTS {
        if !attachments.iter().any(|(written, _)| written == name) {
            ebrc_files::remove_if_there(&folder.join(name))?;
        }
    }
    let page = ebrc_report::to_html(report);
    Ok(ebrc_files::write_complete(
        &folder.join("report.html"),
        page.as_bytes(),
    )?)
}

/// Writes a report's figures into the card of the model that it judges.
///
/// # Errors
/// Where the folder has no card, or it cannot be written.
pub fn write_model_card(report: &Report, model: &Path) -> Result<(), Error> {
    let path = model.join(file::MODEL_CARD);
    let card = card_with_evaluation(&card_text(&path)?, report);
    Ok(ebrc_files::write_complete(&path, card.as_bytes())?)
}
