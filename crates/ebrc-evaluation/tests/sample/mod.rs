//! Reports that have every part, with made-up numbers of a likely size.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails; not every test uses all"
)]

pub mod small;

use std::collections::BTreeMap;

use ebrc_evaluation::{
    Agreement, Bootstrap, Confidence, GoldEvidence, GoldRow, LabellingOrder, LearningPoint, Report,
    Review, RivalName, RunEvidence, RunRow, Setting, Source, Summary, TemplateFacts, VoteRow,
};
use ebrc_taxonomy::BounceType;
use ebrc_taxonomy::TemplateLabel::{self, Ambiguous};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Masked texts, some of them awkward.
const TEXTS: [&str; 6] = [
    "550 5.1.1 <EMAIL>: Recipient address rejected: User unknown in virtual mailbox table",
    "452-4.2.2 The email account that you tried to reach is \"over quota\", <HOST> gsmtp, <ID>",
    "<img src=x onerror=alert(1)> refused & blocked by <HOST>",
    "450 4.7.1 Greylisted, see <URL> and try again in <NUM> seconds, \
     please do not ask us why since nobody here would know the answer",
    "554 5.7.1 Service unavailable; Client host [<IP>] blocked using <HOST>; \
     aVeryLongWordWithoutAnyBlankInItThatNoLineOfAPhoneOrATerminalCanHoldUnlessItIsBroken",
    "연결이 거부되었습니다 <NUM> 잠시후다시시도해주시기바랍니다수신서버가이주소에서오는메일을일시적으로받지않고있습니다 \
     자세한내용은관리자에게문의하십시오",
];

/// The types from the most frequent on.
fn kind(random: &mut ChaCha8Rng) -> BounceType {
    let square: f64 = random.random::<f64>().powi(2);
    BounceType::ALL[(square * 15.99) as usize]
}

/// Right with a chance, and else a neighbour, so that there are frequent pairs.
fn answer(gold: BounceType, chance: f64, random: &mut ChaCha8Rng) -> BounceType {
    if random.random::<f64>() < chance {
        return gold;
    }
    let away = if random.random::<f64>() < 0.7 { 1 } else { 5 };
    BounceType::ALL[(gold.index() + away) % BounceType::COUNT]
}

pub fn rival_names() -> Vec<RivalName> {
    [
        (
            "keyword rules",
            "Words that a person would look for, in a fixed order.",
        ),
        (
            "enhanced status codes",
            "The code of the message alone, by RFC 3463.",
        ),
        (
            "naive Bayes, words & \"pairs\"",
            "Multinomial naive Bayes over words and pairs of words, trained on the same labels.",
        ),
    ]
    .map(|(name, meaning)| RivalName {
        name: name.to_owned(),
        meaning: meaning.to_owned(),
    })
    .to_vec()
}

const RIVAL_CHANCES: [f64; 3] = [0.75, 0.45, 0.93];

pub fn settings() -> Vec<Setting> {
    vec![
        Setting::new("seed", 7),
        Setting::new("model", "<b>model</b>"),
        Setting::new("sampled messages a type", 100),
    ]
}

/// What a run's report is made from.
pub struct RunSample {
    pub population: Vec<RunRow>,
    pub sampled: Vec<RunRow>,
    pub sampled_predicted: Vec<RunRow>,
    pub rivals: Vec<RivalName>,
    pub templates: BTreeMap<u32, TemplateFacts>,
    pub votes: Vec<VoteRow>,
    pub review: Option<Review>,
    pub learning_curve: Vec<LearningPoint>,
}

impl RunSample {
    pub fn new() -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(11);
        let mut population = Vec::new();
        let mut sampled = Vec::new();
        let mut templates = BTreeMap::new();
        let mut votes = Vec::new();
        for template_id in 0..220 {
            let gold = kind(&mut random);
            let by_people = template_id < 60;
            let predicted = if by_people {
                gold
            } else {
                answer(gold, 0.92, &mut random)
            };
            let right = predicted == gold;
            let share = match random.random::<f64>() {
                chance if right && chance < 0.8 => 1.0,
                chance => 0.45 + 0.5 * chance,
            };
            let row = RunRow {
                template_id: Some(template_id),
                gold: Some(if template_id % 40 == 39 {
                    Ambiguous
                } else {
                    gold.into()
                }),
                predicted: (template_id % 80 != 39).then_some(predicted),
                source: match template_id {
                    0..60 => Source::Labelled,
                    215.. => Source::Direct,
                    _ => Source::Predicted,
                },
                messages: u64::from(400_000 / (template_id + 4)),
                rivals: RIVAL_CHANCES
                    .map(|chance| answer(gold, chance, &mut random))
                    .to_vec(),
            };
            let part = RunRow {
                messages: (row.messages / 1_000).clamp(1, 40),
                ..row.clone()
            };
            sampled.push(part);
            population.push(row);
            let facts = TemplateFacts {
                text: TEXTS[template_id as usize % TEXTS.len()].to_owned(),
                share: (!by_people).then_some(share),
            };
            templates.insert(template_id, facts);
            if !by_people && template_id < 215 {
                votes.extend((0..20).map(|_| VoteRow {
                    template_id,
                    gold,
                    single: answer(predicted, share, &mut random),
                    probability: 1.0 - 0.6 * random.random::<f64>().powi(4) * (1.6 - share),
                    voted: predicted,
                    share,
                }));
            }
        }
        Self {
            sampled_predicted: sampled
                .iter()
                .filter(|row| row.source != Source::Labelled)
                .cloned()
                .collect(),
            population,
            sampled,
            rivals: rival_names(),
            templates,
            votes,
            review: Some(review(&mut random)),
            learning_curve: learning_curve(),
        }
    }

    pub fn evidence(&self) -> RunEvidence<'_> {
        RunEvidence {
            population: &self.population,
            sampled: &self.sampled,
            sampled_predicted: &self.sampled_predicted,
            per_type: 100,
            rivals: &self.rivals,
            templates: &self.templates,
            votes: &self.votes,
            review: self.review.as_ref(),
            learning_curve: &self.learning_curve,
        }
    }

    pub fn report(&self, resamples: u32) -> Report {
        let bootstrap = Bootstrap { resamples, seed: 7 };
        Report::of_run(&self.evidence(), &bootstrap, settings()).unwrap()
    }
}

fn review(random: &mut ChaCha8Rng) -> Review {
    let labels: Vec<(TemplateLabel, TemplateLabel)> = (0..480)
        .map(|_| {
            let first = kind(random);
            (first.into(), answer(first, 0.94, random).into())
        })
        .chain([(Ambiguous, BounceType::Timeout.into())])
        .collect();
    Review {
        reviewers: 3,
        sampled: 500,
        judged: 490,
        ambiguous: 1,
        unsettled: 4,
        agreement: Some(Agreement::of(labels)),
    }
}

fn learning_curve() -> Vec<LearningPoint> {
    let mut points = Vec::new();
    for (order, lead) in [
        (LabellingOrder::Biggest, 0.0),
        (LabellingOrder::MostInDoubt, 0.03),
    ] {
        for (position, templates) in [25, 50, 100, 200, 400].into_iter().enumerate() {
            let gained = 0.05 * position as f64;
            points.push(LearningPoint {
                order,
                templates,
                coverage: 0.5 + 2.0 * gained,
                whole_log: summary(0.75 + gained + lead / 2.0),
                new_templates: Some(summary(0.55 + 1.4 * gained + lead)),
            });
        }
    }
    points
}

fn summary(chance: f64) -> Summary {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let rows: Vec<GoldRow> = (1..=600)
        .map(|line| {
            let gold = kind(&mut random);
            GoldRow::new(line, gold.into(), answer(gold, chance, &mut random), 0.9)
        })
        .collect();
    let evidence = GoldEvidence {
        rows: &rows,
        rivals: &[],
        contradictory_texts: 0,
    };
    let bootstrap = Bootstrap {
        resamples: 100,
        seed: 1,
    };
    let report = Report::of_gold(&evidence, &bootstrap, Vec::new()).unwrap();
    report.headline.summary
}

/// Rows of a gold file with every optional key.
pub fn gold_rows() -> Vec<GoldRow> {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    (1..=700)
        .map(|line| {
            let gold = kind(&mut random);
            let predicted = answer(gold, 0.9, &mut random);
            let sure = if predicted == gold { 4 } else { 2 };
            let probability = 1.0 - 0.7 * random.random::<f64>().powi(sure);
            GoldRow {
                line,
                messages: 1 + u64::from(line % 50 == 0),
                gold: if line % 29 == 0 {
                    Ambiguous
                } else {
                    gold.into()
                },
                confidence: Some(match line % 11 {
                    0 => Confidence::Low,
                    1 | 2 => Confidence::Medium,
                    _ => Confidence::High,
                }),
                alt: (line % 17 == 0).then(|| answer(gold, 0.0, &mut random).into()),
                lang: Some(match line % 233 {
                    // Nobody holds a file to BCP 47.
                    0 => "日本語".to_owned(),
                    _ => ["en", "en", "en", "de", "ko"][line as usize % 5].to_owned(),
                }),
                cluster: Some(format!("wording {}", line / 3)),
                template: Some(TEXTS[line as usize % TEXTS.len()].to_owned()),
                predicted,
                probability,
                uncalibrated: Some(probability.powf(0.4)),
                seen: Some(line % 3 == 0),
                rivals: RIVAL_CHANCES
                    .map(|chance| answer(gold, chance, &mut random))
                    .to_vec(),
            }
        })
        .collect()
}

pub fn gold_report(resamples: u32) -> Report {
    let evidence = GoldEvidence {
        rows: &gold_rows(),
        rivals: &rival_names(),
        contradictory_texts: 2,
    };
    let bootstrap = Bootstrap { resamples, seed: 7 };
    Report::of_gold(&evidence, &bootstrap, settings()).unwrap()
}
