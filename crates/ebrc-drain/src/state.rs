use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::miner::{Node, StoredCluster};
use crate::vocabulary::TokenId;
use crate::{Drain, Error, Settings};

/// Counted up whenever the format below changes.
const VERSION: u32 = 1;

/// A saved miner. The tree is saved too: a cluster stays where its first line
/// put it, which its template no longer tells once tokens became wildcards.
#[derive(Serialize, Deserialize)]
struct State {
    version: u32,
    settings: Settings,
    vocabulary: Vec<String>,
    keys: Vec<String>,
    /// (key, number of tokens, node).
    roots: Vec<(u32, usize, u32)>,
    nodes: Vec<SavedNode>,
    clusters: Vec<SavedCluster>,
}

#[derive(Serialize, Deserialize)]
struct SavedNode {
    /// (token, node).
    children: Vec<(TokenId, u32)>,
    clusters: Vec<u32>,
}

#[derive(Serialize, Deserialize)]
struct SavedCluster {
    key: u32,
    size: u64,
    tokens: Vec<TokenId>,
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
        let sorted = |map: &HashMap<TokenId, u32>| {
            let mut pairs: Vec<_> = map.iter().map(|(&token, &node)| (token, node)).collect();
            pairs.sort_unstable();
            pairs
        };
        let mut roots: Vec<_> = self
            .roots
            .iter()
            .map(|(&(key, length), &node)| (key, length, node))
            .collect();
        roots.sort_unstable();
        let state = State {
            version: VERSION,
            settings: self.settings.clone(),
            vocabulary: self.vocabulary.tokens().map(str::to_owned).collect(),
            keys: self.keys.clone(),
            roots,
            nodes: self
                .nodes
                .iter()
                .map(|node| SavedNode {
                    children: sorted(&node.children),
                    clusters: node.clusters.clone(),
                })
                .collect(),
            clusters: self
                .clusters
                .iter()
                .map(|cluster| SavedCluster {
                    key: cluster.key,
                    size: cluster.size,
                    tokens: cluster.tokens.clone(),
                })
                .collect(),
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
        state.check()?;
        let mut drain = Self::new(state.settings)?;
        for (position, token) in state.vocabulary.iter().enumerate() {
            if drain.vocabulary.intern(token) as usize != position {
                return Err(Error::Damaged(format!("token {position} is a repetition")));
            }
        }
        for (position, key) in state.keys.iter().enumerate() {
            if drain.key_id(key) as usize != position {
                return Err(Error::Damaged(format!("key {position} is a repetition")));
            }
        }
        drain.roots = state
            .roots
            .into_iter()
            .map(|(key, length, node)| ((key, length), node))
            .collect();
        drain.nodes = state
            .nodes
            .into_iter()
            .map(|node| Node {
                children: node.children.into_iter().collect(),
                clusters: node.clusters,
            })
            .collect();
        drain.clusters = state
            .clusters
            .into_iter()
            .map(|cluster| StoredCluster {
                key: cluster.key,
                tokens: cluster.tokens,
                size: cluster.size,
            })
            .collect();
        Ok(drain)
    }
}

impl State {
    /// Every number must lead somewhere: a miner indexes by them.
    fn check(&self) -> Result<(), Error> {
        let within = |what: &str, number: u32, count: usize| {
            if (number as usize) < count {
                Ok(())
            } else {
                Err(Error::Damaged(format!("{what} {number} of {count}")))
            }
        };
        if self.vocabulary.first().map(String::as_str) != Some(crate::WILDCARD) {
            return Err(Error::Damaged("the wildcard is missing".into()));
        }
        for &(key, _, node) in &self.roots {
            within("key", key, self.keys.len())?;
            within("node", node, self.nodes.len())?;
        }
        for node in &self.nodes {
            for &(token, child) in &node.children {
                within("token", token, self.vocabulary.len())?;
                within("node", child, self.nodes.len())?;
            }
            for &cluster in &node.clusters {
                within("cluster", cluster, self.clusters.len())?;
            }
        }
        for cluster in &self.clusters {
            within("key", cluster.key, self.keys.len())?;
            for &token in &cluster.tokens {
                within("token", token, self.vocabulary.len())?;
            }
        }
        Ok(())
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
        let json = drain.to_json()?;
        let text = String::from_utf8_lossy(&json);
        for (from, to) in [
            ("\"version\":1", "\"version\":2"),
            (
                "\"nodes\":[",
                "\"nodes\":[{\"children\":[[9,9]],\"clusters\":[]},",
            ),
            ("\"<*>\"", "\"x\""),
            ("\"depth\":4", "\"depth\":1"),
        ] {
            assert!(text.contains(from), "{from}");
            assert!(Drain::from_json(text.replacen(from, to, 1).as_bytes()).is_err());
        }
        assert!(Drain::from_json(&json[..json.len() - 1]).is_err());
        Ok(())
    }

    proptest! {
        #[test]
        fn going_on_after_a_restart_equals_never_having_stopped(
            lines in prop::collection::vec(("(550|450)", "[abc]( [abcd]){0,4}"), 2..60),
            cut in 0_usize..60,
        ) {
            let mut whole = Drain::new(Settings::default())?;
            let mut parted = Drain::new(Settings::default())?;
            for (position, (key, line)) in lines.iter().enumerate() {
                if position == cut {
                    parted = Drain::from_json(&parted.to_json()?)?;
                }
                prop_assert_eq!(whole.learn(key, line), parted.learn(key, line));
            }
            prop_assert_eq!(whole.to_json()?, parted.to_json()?);
        }
    }
}
