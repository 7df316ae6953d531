//! A graph of named nodes, and its cycles.

use std::collections::{BTreeMap, BTreeSet};

/// Edges by name; each has one reference that shows why it is there.
#[derive(Default)]
pub struct Graph(BTreeMap<String, BTreeMap<String, String>>);

impl Graph {
    /// Adds an edge, unless it exists or leads back to its start.
    pub fn add(&mut self, from: &str, to: &str, reason: &str) {
        if from != to {
            let edges = self.0.entry(from.to_owned()).or_default();
            edges.entry(to.to_owned()).or_insert_with(|| reason.to_owned());
        }
    }

    /// Returns the strongly connected components of more than one node: the names, then a line for each edge inside.
    pub fn cycles(&self) -> Vec<String> {
        let reached: BTreeMap<&str, BTreeSet<&str>> =
            self.0.keys().map(|node| (node.as_str(), self.reachable(node))).collect();
        let mutual = |a: &str, b: &str| {
            reached[a].contains(b) && reached.get(b).is_some_and(|r| r.contains(a))
        };
        let mut seen = BTreeSet::new();
        let mut cycles = Vec::new();
        for &node in reached.keys() {
            if !reached[node].contains(node) || !seen.insert(node) {
                continue;
            }
            let members: BTreeSet<&str> = reached
                .keys()
                .copied()
                .filter(|&other| other == node || mutual(node, other))
                .collect();
            seen.extend(&members);
            cycles.push(self.describe(&members));
        }
        cycles
    }

    fn reachable<'a>(&'a self, node: &str) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> =
            self.0.get(node).into_iter().flatten().map(|(to, _)| to.as_str()).collect();
        while let Some(next) = open.pop() {
            if reached.insert(next) {
                open.extend(self.0.get(next).into_iter().flatten().map(|(to, _)| to.as_str()));
            }
        }
        reached
    }

    fn describe(&self, members: &BTreeSet<&str>) -> String {
        let mut text = members.iter().copied().collect::<Vec<_>>().join(", ");
        for &from in members {
            for (to, reason) in &self.0[from] {
                if members.contains(to.as_str()) {
                    text += &format!("\n    {from} -> {to}: {reason}");
                }
            }
        }
        text
    }
}
