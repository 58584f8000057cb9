//! The card that lies beside a trained model: what it is and how it came to be.

use std::fmt::Write;

use ebrc_model::TrainingReport;
use ebrc_taxonomy::BounceType;

use super::Base;

/// `README.md` of a model folder, with the front matter that hubs read.
pub(super) fn model_card(base: &Base, report: &TrainingReport) -> String {
    let mut card = String::from(
        "---\nlibrary_name: transformers\npipeline_tag: text-classification\ntags:\n\
         - email\n- bounce\n- ndr\n- smtp\n",
    );
    if let Base::Hub { id, .. } = base {
        let _ = writeln!(card, "base_model: {id}");
    }
    card.push_str("---\n\n# Bounce reason classifier\n\n");
    let _ = write!(
        card,
        "A BERT for sequence classification that tells from the text of an NDR message why a \
         mail bounced. Trained by `ebrc` {} on the base `{}` (SHA-256 of its weights \
         `{}`).\n\n",
        report.ebrc_version,
        base.name(),
        report.base_weights_sha256
    );
    card.push_str(
        "## Input\n\nWhat `ebrc` makes of a raw reply: the reply code and the enhanced status code \
         lifted out and put in front, addresses, IPs, hosts, ids, times and numbers written as \
         plain words. `ebrc classify --model DIR` does it; a program that calls the model itself \
         must do the same.\n\n## Labels\n\n| id | name | meaning |\n|---|---|---|\n",
    );
    for kind in BounceType::ALL {
        let _ = writeln!(
            card,
            "| {} | `{}` | {} |",
            kind.id(),
            kind.name(),
            kind.meaning()
        );
    }
    let _ = write!(
        card,
        "\n## Training\n\n| what | value |\n|---|---|\n\
         | messages trained on | {} ({} distinct texts) |\n\
         | messages validated on, of other templates | {} ({} distinct texts) |\n\
         | steps | {} |\n| kept weights | those of epoch {} |\n\
         | seed | {} |\n| highest learning rate | {} |\n| texts a step | {} |\n\
         | SHA-256 of labels and examples | `{}` |\n",
        report.train.weight,
        report.train.texts,
        report.validation.weight,
        report.validation.texts,
        report.steps,
        report.best_epoch,
        report.settings.seed,
        report.settings.learning_rate,
        report.settings.batch_size,
        report.data_sha256,
    );
    if let Some(best) = &report.best {
        let _ = write!(
            card,
            "\nOn the validation set: macro-F1 {:.4}, accuracy {:.4}, loss {:.4}. The templates \
             of the validation set are of the same source as those of the training set: on mail \
             of other origin expect less, and measure it with `ebrc evaluate --gold`.\n",
            best.macro_f1, best.accuracy, best.loss
        );
    }
    card.push_str("\n`training.json` holds all settings and the loss curve.\n");
    card
}
