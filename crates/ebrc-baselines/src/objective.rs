//! What a fit makes small: the weighted log-loss and its gradient.

use std::cell::RefCell;

use argmin::core::{CostFunction, Error, Gradient};

use crate::features::Rows;

/// The mean log-loss of multinomial logistic regression, by weight, and an L2
/// penalty on the coefficients; intercepts are free.
///
/// A parameter vector holds a coefficient for each feature and class, those of
/// a feature side by side, and then an intercept for each class.
pub(crate) struct Objective {
    pub(crate) rows: Rows,
    /// Of each row, the weight with which it is an example of each class.
    pub(crate) targets: Vec<f64>,
    pub(crate) classes: usize,
    pub(crate) features: usize,
    /// The sum of all weights.
    pub(crate) total: f64,
    /// Half of this times the sum of squared coefficients is the penalty.
    pub(crate) penalty: f64,
    /// The evaluation that was asked for last.
    pub(crate) last: RefCell<Option<Evaluation>>,
}

impl Objective {
    /// How long a parameter vector is.
    pub(crate) fn parameters(&self) -> usize {
        (self.features + 1) * self.classes
    }

    /// Each row with its targets.
    fn examples(&self) -> impl Iterator<Item = (&[(u32, f64)], &[f64])> {
        self.rows
            .iter()
            .zip(self.targets.chunks_exact(self.classes))
    }
}

/// What is asked for at a point.
#[derive(Debug)]
pub(crate) struct Evaluation {
    at: Vec<f64>,
    cost: f64,
    gradient: Vec<f64>,
}

impl Objective {
    /// The loss and its gradient, for nearly the price of one of them.
    fn evaluate(&self, parameters: &[f64]) -> Evaluation {
        let (coefficients, _) = parameters.split_at(self.features * self.classes);
        let squares: f64 = coefficients.iter().map(|value| value * value).sum();
        let mut gradient: Vec<f64> = coefficients
            .iter()
            .map(|value| self.penalty * value)
            .collect();
        gradient.resize(parameters.len(), 0.0);
        let border = coefficients.len();
        let mut loss = 0.0;
        let mut scores = vec![0.0; self.classes];
        for (row, targets) in self.examples() {
            score(row, parameters, &mut scores);
            let normaliser = log_sum_exp(&scores);
            let weight: f64 = targets.iter().sum();
            for (score, target) in scores.iter_mut().zip(targets) {
                loss += target * (normaliser - *score);
                let probability = (*score - normaliser).exp();
                *score = (weight * probability - target) / self.total;
            }
            for &(column, value) in row {
                let start = column as usize * self.classes;
                add_scaled(&mut gradient[start..start + self.classes], value, &scores);
            }
            add_scaled(&mut gradient[border..], 1.0, &scores);
        }
        Evaluation {
            at: parameters.to_vec(),
            cost: loss / self.total + 0.5 * self.penalty * squares,
            gradient,
        }
    }

    /// Part of the evaluation at a point. The optimiser asks for the loss, then
    /// for the gradient, and then for the gradient again.
    fn at<T>(&self, parameters: &[f64], part: impl FnOnce(&Evaluation) -> T) -> T {
        let mut last = self.last.borrow_mut();
        match &*last {
            Some(evaluation) if evaluation.at == parameters => part(evaluation),
            _ => part(last.insert(self.evaluate(parameters))),
        }
    }
}

impl CostFunction for Objective {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, parameters: &Vec<f64>) -> Result<f64, Error> {
        Ok(self.at(parameters, |evaluation| evaluation.cost))
    }
}

impl Gradient for Objective {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, parameters: &Vec<f64>) -> Result<Vec<f64>, Error> {
        Ok(self.at(parameters, |evaluation| evaluation.gradient.clone()))
    }
}

/// The score of each class for a row.
pub(crate) fn score(row: &[(u32, f64)], parameters: &[f64], scores: &mut [f64]) {
    let classes = scores.len();
    scores.copy_from_slice(&parameters[parameters.len() - classes..]);
    for &(column, value) in row {
        let start = column as usize * classes;
        add_scaled(scores, value, &parameters[start..start + classes]);
    }
}

/// Turns scores into probabilities.
pub(crate) fn softmax(scores: &mut [f64]) {
    let normaliser = log_sum_exp(scores);
    for score in scores {
        *score = (*score - normaliser).exp();
    }
}

/// Without overflow, however large the scores are.
fn log_sum_exp(scores: &[f64]) -> f64 {
    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = scores.iter().map(|score| (score - highest).exp()).sum();
    highest + sum.ln()
}

fn add_scaled(to: &mut [f64], factor: f64, from: &[f64]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += factor * from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Vocabulary;

    fn objective() -> Objective {
        let texts = ["user unknown", "mailbox full", "user mailbox full", ""];
        let vocabulary = Vocabulary::of(&texts);
        let mut rows = Rows::default();
        for text in texts {
            vocabulary.read(text, &mut rows);
        }
        Objective {
            rows,
            // The third is an example of two classes.
            targets: vec![1.0, 0.0, 0.0, 0.0, 2.5, 0.0, 0.0, 0.5, 1.5, 0.0, 0.0, 1.0],
            classes: 3,
            features: vocabulary.len(),
            total: 6.5,
            penalty: 0.3,
            last: RefCell::default(),
        }
    }

    #[test]
    fn the_gradient_is_that_of_the_cost() {
        let objective = objective();
        let parameters: Vec<f64> = (0..objective.parameters())
            .map(|position| (position as f64 * 0.7).sin())
            .collect();
        let gradient = objective.gradient(&parameters).unwrap();
        assert_eq!(gradient.len(), parameters.len());
        for (position, slope) in gradient.into_iter().enumerate() {
            let cost = |step: f64| {
                let mut moved = parameters.clone();
                moved[position] += step;
                objective.cost(&moved).unwrap()
            };
            let difference = (cost(1e-6) - cost(-1e-6)) / 2e-6;
            assert!((slope - difference).abs() < 1e-8, "{slope} {difference}");
        }
    }

    #[test]
    fn probabilities_add_up_to_one() {
        for scores in [
            vec![0.0],
            vec![1.0, -2.0, 0.5],
            vec![1e4, -1e4, 9_999.0],
            vec![-1e4, -1e4],
        ] {
            let mut probabilities = scores.clone();
            softmax(&mut probabilities);
            let sum: f64 = probabilities.iter().sum();
            assert!((sum - 1.0).abs() < 1e-12, "{scores:?}");
            assert!(
                probabilities
                    .iter()
                    .all(|share| (0.0..=1.0).contains(share))
            );
        }
    }
}
