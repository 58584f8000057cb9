//! A miner as bytes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Drain, Error, Settings};

/// Counted up whenever the format below changes.
const VERSION: u32 = 2;

/// A saved miner. Paths are saved too: a cluster stays where its first line put
/// it, which its template no longer tells once tokens became wildcards.
#[derive(Serialize, Deserialize)]
struct State {
    version: u32,
    settings: Settings,
    next_id: u32,
    /// In the order of keys and lengths.
    trees: Vec<SavedTree>,
    /// With a bound of clusters, the order of their last lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    recency: Vec<u32>,
}

#[derive(Serialize, Deserialize)]
struct SavedTree {
    key: String,
    length: usize,
    /// In the order of paths.
    leaves: Vec<SavedLeaf>,
}

#[derive(Serialize, Deserialize)]
struct SavedLeaf {
    path: Vec<String>,
    /// In the order in which they came.
    clusters: Vec<SavedCluster>,
}

/// A cluster as it is saved.
#[derive(Serialize, Deserialize)]
pub(crate) struct SavedCluster {
    pub(crate) id: u32,
    pub(crate) size: u64,
    pub(crate) template: Vec<String>,
}

/// Where a saved cluster belongs.
#[derive(Clone, Copy)]
pub(crate) struct Leaf<'a> {
    pub(crate) key: &'a str,
    pub(crate) length: usize,
    pub(crate) path: &'a [String],
}

#[derive(Deserialize)]
struct VersionOnly {
    version: u32,
}

impl Drain {
    /// The miner's state as JSON. Equal miners give equal bytes; a miner that
    /// is loaded from them goes on as if it had never stopped.
    ///
    /// # Errors
    /// None that a miner can be in; the encoder's own error is passed on.
    pub fn to_json(&self) -> Result<Vec<u8>, Error> {
        let owned = |tokens: &mut dyn Iterator<Item = &str>| tokens.map(str::to_owned).collect();
        let trees = self.trees_in_order().into_iter().map(|tree| {
            let leaves = tree.leaves().map(|(path, members)| SavedLeaf {
                path: owned(&mut path.into_iter()),
                clusters: members
                    .iter()
                    .map(|&cluster| SavedCluster {
                        id: tree.id(cluster),
                        size: tree.size(cluster),
                        template: owned(&mut tree.template(cluster)),
                    })
                    .collect(),
            });
            let mut leaves: Vec<SavedLeaf> = leaves.collect();
            leaves.sort_by(|one, other| one.path.cmp(&other.path));
            SavedTree {
                key: tree.key().to_owned(),
                length: tree.length(),
                leaves,
            }
        });
        let state = State {
            version: VERSION,
            settings: self.settings().clone(),
            next_id: self.next_id(),
            trees: trees.collect(),
            recency: self.recency().iter().collect(),
        };
        Ok(serde_json::to_vec(&state)?)
    }

    /// The miner whose state [`Self::to_json`] wrote.
    ///
    /// # Errors
    /// Where the bytes are no such state, of another version, or damaged.
    pub fn from_json(bytes: &[u8]) -> Result<Self, Error> {
        let VersionOnly { version } = serde_json::from_slice(bytes)?;
        if version != VERSION {
            return Err(Error::Version {
                found: version,
                expected: VERSION,
            });
        }
        let state: State = serde_json::from_slice(bytes)?;
        let damaged = |what: String| Err(Error::Damaged(what));
        let mut drain = Self::new(state.settings)?;
        for tree in &state.trees {
            let path_length = drain.settings().path_length(tree.length);
            for leaf in &tree.leaves {
                if leaf.path.len() != path_length {
                    return damaged(format!(
                        "a path has {} tokens, not {path_length}",
                        leaf.path.len()
                    ));
                }
                for cluster in &leaf.clusters {
                    if cluster.template.len() != tree.length {
                        return damaged(format!("cluster {} has another length", cluster.id));
                    }
                    let place = Leaf {
                        key: &tree.key,
                        length: tree.length,
                        path: &leaf.path,
                    };
                    if cluster.id >= state.next_id || !drain.restore(cluster, place) {
                        return damaged(format!("cluster {} is not the only one", cluster.id));
                    }
                }
            }
        }
        if let Some(most) = drain.settings().max_clusters {
            let known: BTreeSet<u32> = drain.clusters().map(|(id, _)| id.0).collect();
            let ordered: BTreeSet<u32> = state.recency.iter().copied().collect();
            if known != ordered || known.len() > most {
                return damaged("the order of clusters is not that of the clusters".to_owned());
            }
        }
        drain.resume(state.next_id, &state.recency);
        Ok(drain)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn damage_is_found() -> Result<(), Error> {
        let mut drain = Drain::new(Settings::default())?;
        drain.learn("550", "no such user");
        drain.learn("550", "no such host");
        let json = drain.to_json()?;
        let text = String::from_utf8_lossy(&json);
        for (from, to) in [
            ("\"version\":2", "\"version\":1"),
            ("\"path\":[\"no\"]", "\"path\":[]"),
            ("\"length\":3", "\"length\":4"),
            ("\"next_id\":1", "\"next_id\":0"),
            ("\"depth\":4", "\"depth\":1"),
            (
                "\"max_children\":100",
                "\"max_children\":100,\"max_clusters\":9",
            ),
        ] {
            assert!(text.contains(from), "{from} in {text}");
            assert!(Drain::from_json(text.replacen(from, to, 1).as_bytes()).is_err());
        }
        assert!(Drain::from_json(&json[..json.len() - 1]).is_err());
        Ok(())
    }

    proptest! {
        #[test]
        fn going_on_after_a_restart_equals_never_having_stopped(
            lines in prop::collection::vec(("(550|450)", "[abc]( [abcd1]){0,4}"), 2..60),
            cut in 0_usize..60,
            max_clusters in prop::option::of(1_usize..6),
            max_children in 2_usize..4,
        ) {
            let settings = Settings { max_clusters, max_children, depth: 5, ..Settings::default() };
            let mut whole = Drain::new(settings.clone())?;
            let mut parted = Drain::new(settings)?;
            for (position, (key, line)) in lines.iter().enumerate() {
                if position == cut {
                    parted = Drain::from_json(&parted.to_json()?)?;
                }
                prop_assert_eq!(whole.learn(key, line), parted.learn(key, line));
            }
            prop_assert!(whole.len() <= max_clusters.unwrap_or(usize::MAX));
            prop_assert_eq!(whole.to_json()?, parted.to_json()?);
        }

        #[test]
        fn many_threads_learn_as_one_does(
            lines in prop::collection::vec(("(550|450)?", "[abc]( [abcd1]){0,4}"), 2..90),
            cuts in prop::collection::vec(0_usize..90, 0..4),
            threads in 1_usize..9,
        ) {
            let mut one = Drain::new(Settings::default())?;
            let expected: Vec<_> = lines.iter().map(|(key, line)| one.learn(key, line)).collect();
            let mut many = Drain::new(Settings::default())?;
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(lines.len())).collect();
            cuts.extend([0, lines.len()]);
            cuts.sort_unstable();
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut found = Vec::new();
            for cut in cuts.windows(2) {
                found.extend(pool.install(|| many.learn_all(&lines[cut[0]..cut[1]])));
            }
            prop_assert_eq!(found, expected);
            prop_assert_eq!(many.to_json()?, one.to_json()?);
        }
    }
}
