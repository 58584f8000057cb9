//! Which cluster took no line for longest.

use hashbrown::HashMap;

/// Clusters in the order of their last lines.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recency {
    links: HashMap<u32, Link>,
    /// The ends: the one that waited longest, and the last.
    ends: Option<(u32, u32)>,
}

/// A cluster's neighbours: the one before it, and the one after.
#[derive(Debug, Clone, Copy, Default)]
struct Link {
    before: Option<u32>,
    after: Option<u32>,
}

impl Recency {
    pub(crate) fn len(&self) -> usize {
        self.links.len()
    }

    /// The cluster took a line just now.
    pub(crate) fn touch(&mut self, id: u32) {
        if self.ends.is_some_and(|(_, last)| last == id) {
            return;
        }
        self.remove(id);
        let link = Link {
            before: self.ends.map(|(_, last)| last),
            after: None,
        };
        if let Some(last) = link.before.and_then(|last| self.links.get_mut(&last)) {
            last.after = Some(id);
        }
        self.ends = Some((self.ends.map_or(id, |(first, _)| first), id));
        self.links.insert(id, link);
    }

    /// The cluster that waited longest, taken out.
    pub(crate) fn pop(&mut self) -> Option<u32> {
        let (first, _) = self.ends?;
        self.remove(first);
        Some(first)
    }

    /// All clusters, the one that waited longest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        let mut next = self.ends.map(|(first, _)| first);
        std::iter::from_fn(move || {
            let id = next?;
            next = self.links.get(&id).and_then(|link| link.after);
            Some(id)
        })
    }

    fn remove(&mut self, id: u32) {
        let Some(Link { before, after }) = self.links.remove(&id) else {
            return;
        };
        if let Some(before) = before.and_then(|before| self.links.get_mut(&before)) {
            before.after = after;
        }
        if let Some(after) = after.and_then(|after| self.links.get_mut(&after)) {
            after.before = before;
        }
        self.ends = self.ends.and_then(|(first, last)| {
            let first = if first == id { after? } else { first };
            let last = if last == id { before? } else { last };
            Some((first, last))
        });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_order_is_that_of_a_list(touched in prop::collection::vec((0_u32..6, any::<bool>()), 0..60)) {
            let (mut recency, mut list) = (Recency::default(), Vec::new());
            for (id, pop) in touched {
                if pop {
                    let expected = (!list.is_empty()).then(|| list.remove(0));
                    prop_assert_eq!(recency.pop(), expected);
                } else {
                    recency.touch(id);
                    list.retain(|&other| other != id);
                    list.push(id);
                }
                prop_assert_eq!(recency.iter().collect::<Vec<_>>(), list.clone());
                prop_assert_eq!(recency.len(), list.len());
            }
        }
    }
}
