use std::path::Path;

use ebrc_model::ModelDescription;
use ebrc_taxonomy::BounceType;
use serde::Serialize;

use super::model_card::{CardBase, CardEvaluation, model_and_card};
use crate::Error;

/// What can be told of a model from its folder.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ModelInspection {
    /// The folder, or what the model is.
    pub model: String,
    /// What its card calls the base that it was trained on.
    pub base: Option<String>,
    /// What the model's files say.
    #[serde(flatten)]
    pub description: ModelDescription,
    /// The types of bounce among its labels, in their order.
    pub types: Vec<TypeName>,
    /// The evaluation that its card tells.
    pub evaluation: Option<CardEvaluation>,
}

/// A type of bounce, told in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TypeName {
    /// T1 to T16.
    pub id: &'static str,
    /// Such as `mailbox-full`.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// Reads what a folder tells of its model; of the classifier that ships with
/// ebrc where no folder is given.
///
/// # Errors
/// Where a file is missing or wrong.
pub fn inspect_model(folder: Option<&Path>) -> Result<ModelInspection, Error> {
    let (files, card) = model_and_card(folder)?;
    let description = files.describe()?;
    let card = card.unwrap_or_default();
    Ok(ModelInspection {
        model: files.origin().to_owned(),
        base: CardBase::of_card(&card).name,
        types: description
            .labels
            .iter()
            .filter_map(|label| label.parse().ok())
            .map(|kind: BounceType| TypeName {
                id: kind.id(),
                name: kind.name(),
                meaning: kind.meaning(),
            })
            .collect(),
        description,
        evaluation: CardEvaluation::of_card(&card),
    })
}
