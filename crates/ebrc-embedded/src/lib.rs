//! The BERT base, the classifier and the catalogue that ship with ebrc,
//! compiled into the program: a machine without a network has all it needs.
//!
//! The files lie under `models/` and `data/catalogue/`; `scripts/` makes the
//! weights. The base derives from all-MiniLM-L6-v2: `models/NOTICE.md` names
//! its origin and licence.

use ebrc_catalogue::{Catalogue, Surroundings};
use ebrc_model::ModelFiles;

macro_rules! model {
    ($folder:literal) => {
        ModelFiles::from_static(
            concat!("the shipped ", $folder),
            include_bytes!(concat!("../../../models/", $folder, "/config.json")),
            include_bytes!(concat!("../../../models/", $folder, "/tokenizer.json")),
            include_bytes!(concat!("../../../models/", $folder, "/model.safetensors")),
        )
    };
}

/// The BERT to fine-tune where no other is named.
#[must_use]
pub fn base() -> ModelFiles {
    model!("base")
}

/// The classifier, fine-tuned from [`base`] on the [`catalogue`].
#[must_use]
pub fn classifier() -> ModelFiles {
    model!("classifier")
        .with_calibration(include_bytes!(
            "../../../models/classifier/calibration.json"
        ))
        .with_training(include_bytes!("../../../models/classifier/training.json"))
}

/// The card (`README.md`) of [`classifier`].
#[must_use]
pub fn classifier_card() -> &'static str {
    include_str!("../../../models/classifier/README.md")
}

macro_rules! catalogue_files {
    ($($name:literal,)+) => {
        [$((
            concat!("data/catalogue/", $name),
            include_str!(concat!("../../../data/catalogue/", $name)),
        ),)+]
    };
}

/// The files of the catalogue, in the order of their names.
const CATALOGUE: [(&str, &str); 17] = catalogue_files![
    "T1.csv",
    "T10.csv",
    "T11.csv",
    "T12.csv",
    "T13.csv",
    "T14.csv",
    "T15.csv",
    "T16.csv",
    "T2.csv",
    "T3.csv",
    "T4.csv",
    "T5.csv",
    "T6.csv",
    "T7.csv",
    "T8.csv",
    "T9.csv",
    "ambiguous.csv",
];

/// The labelled NDR texts.
///
/// # Errors
/// Never for a release: a test reads them all.
pub fn catalogue() -> Result<Catalogue, ebrc_catalogue::Error> {
    Catalogue::from_texts(CATALOGUE)
}

/// What stands around replies in reports and logs.
///
/// # Errors
/// Never for a release: a test reads it.
pub fn surroundings() -> Result<Surroundings, ebrc_catalogue::Error> {
    let file = include_str!("../../../data/surroundings.csv");
    Surroundings::from_text("data/surroundings.csv", file)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn the_embedded_catalogue_is_that_of_the_folder() {
        let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../data/catalogue"]
            .iter()
            .collect();
        let in_folder = Catalogue::load(&folder).unwrap();
        assert_eq!(catalogue().unwrap(), in_folder);
    }
}
