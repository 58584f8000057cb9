//! Which refused users are wrong forms of users that the same sender reaches.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use hashbrown::HashTable;

use crate::glyphs::Glyphs;
use crate::kind::Kind;
use crate::kind_of;
use crate::neighbourhood::{Key, Neighbourhood, keys_of_right, keys_of_wrong};
use crate::similarity::Similarity;

/// So many wrong users of a sender at a domain are compared one by one.
const FEW: usize = 16;

/// A mistyped user.
#[derive(Debug, Clone, PartialEq)]
pub struct UserTypo {
    /// Who wrote to both addresses.
    pub sender: String,
    /// The address that does not exist.
    pub wrong: String,
    /// The address that was meant.
    pub right: String,
    /// The kind of error in the user's name.
    pub kind: Kind,
    /// How similar the addresses are.
    pub similarity: f64,
}

/// Finds the users that were meant by those that do not exist, from the mails
/// that were delivered (section 4.3.2).
///
/// A wrong address belongs to a right one if the same sender reached the right
/// one, both are at the same domain, the addresses are more similar than asked
/// for, and the wrong user name is a wrong form of the right one. Senders and
/// addresses are compared as they are: lower them, and normalise their domains,
/// first.
///
/// It holds the wrong addresses, one right one for each, and up to some dozens
/// of numbers for each where a sender has many at a domain; of delivered mails
/// it keeps nothing else.
///
/// ```
/// use ebrc_typos::{DEFAULT_SIMILARITY, Kind, Similarity, UserTypos};
///
/// let refused = [("ann@a.com", "bob.keler@b.com"), ("ann@a.com", "info@c.com")];
/// let mut typos = UserTypos::new(refused, Similarity::default(), DEFAULT_SIMILARITY);
/// typos.offer("ann@a.com", "bob.keller@b.com");
/// typos.offer("eve@a.com", "inf@c.com");
/// let found = typos.finish();
/// assert_eq!(found.len(), 1);
/// assert_eq!(found[0].right, "bob.keller@b.com");
/// assert_eq!(found[0].kind, Kind::Omission);
/// ```
#[derive(Debug)]
pub struct UserTypos {
    groups: Vec<Group>,
    by_sender_and_domain: HashTable<usize>,
    similarity: Similarity,
    above: f64,
    scratch: Scratch,
}

/// The wrong users of a sender at a domain.
#[derive(Debug)]
struct Group {
    sender: Box<str>,
    wrongs: Vec<Wrong>,
    /// Of the users' names, unless there are few.
    neighbourhood: Option<Neighbourhood>,
    /// The homoglyphs that the wrong names can have.
    glyphs: Glyphs,
}

#[derive(Debug)]
struct Wrong {
    address: Box<str>,
    best: Option<Best>,
}

#[derive(Debug)]
struct Best {
    right: Box<str>,
    kind: Kind,
    similarity: f64,
}

/// Kept from call to call, so that none allocates.
#[derive(Debug, Default)]
struct Scratch {
    letters: Vec<char>,
    keys: Vec<Key>,
    candidates: Vec<u32>,
}

impl UserTypos {
    /// For pairs of a sender and an address that a receiver says does not
    /// exist. A right address must be more than `above` similar by the measure.
    /// What has no `@` is left out.
    pub fn new<S: Into<String>, A: Into<String>>(
        refused: impl IntoIterator<Item = (S, A)>,
        similarity: Similarity,
        above: f64,
    ) -> Self {
        let mut pairs: Vec<(String, String)> = refused
            .into_iter()
            .map(|(sender, wrong)| (sender.into(), wrong.into()))
            .filter(|(_, wrong)| wrong.contains('@'))
            .collect();
        pairs.sort_by(|one, other| {
            let [a, b] = [&one.1, &other.1].map(|wrong| split(wrong).unwrap_or_default());
            (&one.0, a.1, a.0).cmp(&(&other.0, b.1, b.0))
        });
        pairs.dedup();
        let mut typos = Self {
            groups: Vec::new(),
            by_sender_and_domain: HashTable::new(),
            similarity,
            above,
            scratch: Scratch::default(),
        };
        let same_group = |one: &(String, String), other: &(String, String)| {
            one.0 == other.0 && domain_of(&one.1) == domain_of(&other.1)
        };
        for chunk in pairs.chunk_by(same_group) {
            typos.groups.push(Group::new(chunk));
        }
        let Self {
            groups,
            by_sender_and_domain: table,
            ..
        } = &mut typos;
        for number in 0..groups.len() {
            let hash_of = |number: &usize| groups[*number].hash();
            table.insert_unique(hash_of(&number), number, hash_of);
        }
        typos
    }

    /// Takes an address that a mail of this sender was delivered to. One that is
    /// at no domain where the sender has a wrong user costs one look-up.
    pub fn offer(&mut self, sender: &str, delivered: &str) {
        let Some((user, domain)) = split(delivered) else {
            return;
        };
        let groups = &self.groups;
        let found = self
            .by_sender_and_domain
            .find(hash(sender, domain), |&number| {
                groups[number].is_of(sender, domain)
            });
        let Some(&number) = found else {
            return;
        };
        let group = &mut self.groups[number];
        let Scratch {
            letters,
            keys,
            candidates,
        } = &mut self.scratch;
        candidates.clear();
        match &group.neighbourhood {
            None => candidates.extend((0_u32..).zip(&group.wrongs).map(|(number, _)| number)),
            Some(neighbourhood) => {
                letters.clear();
                letters.extend(user.chars());
                keys.clear();
                keys_of_right(letters, group.glyphs, |key| keys.push(key));
                candidates.extend(keys.iter().flat_map(|key| neighbourhood.with(*key)));
                candidates.sort_unstable();
                candidates.dedup();
            }
        }
        for &candidate in &*candidates {
            let wrong = &mut group.wrongs[candidate as usize];
            let Some(kind) = wrong.user().and_then(|wrong| kind_of(user, wrong)) else {
                continue;
            };
            let similarity = self.similarity.of(&wrong.address, delivered);
            if similarity > self.above {
                wrong.offer(delivered, kind, similarity);
            }
        }
    }

    /// The mistyped users, by sender and wrong address. Of several right
    /// addresses the most similar one counts, of those that are equally similar
    /// the first in the alphabet.
    pub fn finish(self) -> Vec<UserTypo> {
        let mut found: Vec<UserTypo> = self
            .groups
            .into_iter()
            .flat_map(|group| {
                let Group { sender, wrongs, .. } = group;
                wrongs.into_iter().filter_map(move |wrong| {
                    let best = wrong.best?;
                    Some(UserTypo {
                        sender: sender.to_string(),
                        wrong: wrong.address.into_string(),
                        right: best.right.into_string(),
                        kind: best.kind,
                        similarity: best.similarity,
                    })
                })
            })
            .collect();
        found.sort_by(|one, other| (&one.sender, &one.wrong).cmp(&(&other.sender, &other.wrong)));
        found
    }
}

impl Group {
    /// Of pairs of one sender and one domain.
    fn new(pairs: &[(String, String)]) -> Self {
        let wrongs: Vec<Wrong> = pairs
            .iter()
            .map(|(_, wrong)| Wrong {
                address: wrong.as_str().into(),
                best: None,
            })
            .collect();
        let neighbourhood = (wrongs.len() > FEW).then(|| {
            let mut entries = Vec::new();
            for (number, wrong) in (0_u32..).zip(&wrongs) {
                let letters: Vec<char> = wrong.user().unwrap_or_default().chars().collect();
                keys_of_wrong(&letters, |key| entries.push((key, number)));
            }
            Neighbourhood::new(entries)
        });
        let ascii = wrongs.iter().all(|wrong| wrong.address.is_ascii());
        Self {
            sender: pairs.first().map_or("", |(sender, _)| sender).into(),
            wrongs,
            neighbourhood,
            glyphs: if ascii { Glyphs::ASCII } else { Glyphs::ALL },
        }
    }

    fn domain(&self) -> &str {
        self.wrongs
            .first()
            .map_or("", |wrong| domain_of(&wrong.address))
    }

    fn is_of(&self, sender: &str, domain: &str) -> bool {
        &*self.sender == sender && self.domain() == domain
    }

    fn hash(&self) -> u64 {
        hash(&self.sender, self.domain())
    }
}

impl Wrong {
    fn user(&self) -> Option<&str> {
        split(&self.address).map(|(user, _)| user)
    }

    fn offer(&mut self, right: &str, kind: Kind, similarity: f64) {
        let is_better = self.best.as_ref().is_none_or(|best| {
            similarity > best.similarity || similarity == best.similarity && right < &*best.right
        });
        if is_better {
            self.best = Some(Best {
                right: right.into(),
                kind,
                similarity,
            });
        }
    }
}

/// A user and a domain.
fn split(address: &str) -> Option<(&str, &str)> {
    address.rsplit_once('@')
}

fn domain_of(address: &str) -> &str {
    split(address).map_or("", |(_, domain)| domain)
}

fn hash(sender: &str, domain: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one((sender, domain))
}
