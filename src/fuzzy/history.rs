//! The history: results of earlier queries, reused by later ones.
//!
//! For each search the history keeps the matched items, one bit per item, and the results of its terms for directories. A
//! query whose matches are a subset of an earlier query's examines only those items: so typing the next character of a
//! word is cheap, and deleting it again is free. Whether that is so is decided by terms and not by text, as `cost$` finds
//! other items than `cost`, and `cost$x` others again.

use crate::fuzzy::corpus::Bits;
use crate::fuzzy::filter::DirMemos;
use crate::fuzzy::fzf::chars::fold;
use crate::fuzzy::fzf::query::{Kind, Query, Term};
use crate::fuzzy::rank::TopK;
use crate::memory::{self, must};
use std::sync::Arc;

/// Maximum number of searches kept.
const MAX_SEARCHES: usize = 8;

/// The items of a block that match, and the number of items searched in it.
#[derive(Clone)]
pub(in crate::fuzzy) struct BlockMatches {
    pub(in crate::fuzzy) bits: Arc<Bits>,
    pub(in crate::fuzzy) len: usize,
}

/// The results of a search.
pub(in crate::fuzzy) struct CachedResult {
    pub(in crate::fuzzy) query: Query,
    pub(in crate::fuzzy) limit: usize,
    /// Version of the boosts.
    pub(in crate::fuzzy) boosted: u64,
    pub(in crate::fuzzy) total: usize,
    pub(in crate::fuzzy) searched: usize,
    /// The best items, if the search was completed.
    pub(in crate::fuzzy) best: Option<TopK>,
    pub(in crate::fuzzy) blocks: Vec<Option<BlockMatches>>,
    pub(in crate::fuzzy) memos: DirMemos,
}

/// The results that a search starts from.
#[derive(Default)]
pub(in crate::fuzzy) struct Reusable {
    /// The query that matched the items in `blocks`.
    pub(in crate::fuzzy) query: Query,
    pub(in crate::fuzzy) blocks: Vec<Option<BlockMatches>>,
    pub(in crate::fuzzy) memos: DirMemos,
    /// The query is the same, so that all items in `blocks` match.
    pub(in crate::fuzzy) same: bool,
    /// Limit and boosts are the same too, so that the search only has to continue: total, number of items searched, best
    /// items.
    pub(in crate::fuzzy) start: Option<(usize, usize, TopK)>,
}

/// The results of the last searches, the newest one last.
#[derive(Default)]
pub(in crate::fuzzy) struct History {
    all: Vec<CachedResult>,
}

impl History {
    /// Adds the results of a search, and returns those they replace: of the same query, or the oldest ones if the history
    /// is full.
    pub(in crate::fuzzy) fn add(&mut self, known: CachedResult) -> Option<CachedResult> {
        let same = self.all.iter().position(|old| old.query == known.query);
        let old =
            same.or((self.all.len() == MAX_SEARCHES).then_some(0)).map(|at| self.all.remove(at));
        self.all.push(known);
        old
    }

    /// Returns the results from which a search for `query` can start.
    pub(in crate::fuzzy) fn prior(&self, query: &Query, limit: usize, boosted: u64) -> Reusable {
        if let Some(known) = self.all.iter().find(|known| known.query == *query) {
            let same = known.limit == limit && known.boosted == boosted;
            let best = known.best.as_ref().filter(|_| same).map(|best| must(best.copy()));
            let start = best.map(|best| (known.total, known.searched, best));
            return Reusable { same: true, start, ..Reusable::of(known) };
        }
        // Of the wider queries, the one that covers most items and has fewest matches.
        let wider = self.all.iter().filter(|known| implies(query, &known.query));
        match wider.min_by_key(|known| (std::cmp::Reverse(known.searched), known.total)) {
            Some(known) => Reusable::of(known),
            None => Reusable::default(),
        }
    }

    /// Returns the bytes that the history holds.
    pub(in crate::fuzzy) fn memory_usage(&self) -> usize {
        let blocks = self.all.iter().flat_map(|known| &known.blocks).flatten().count();
        let memos = self.all.iter().flat_map(|known| &known.memos);
        blocks * size_of::<Bits>() + memos.map(|(_, memo)| memo.len()).sum::<usize>()
    }
}

impl Reusable {
    fn of(known: &CachedResult) -> Reusable {
        let (query, blocks) =
            (known.query.clone(), must(memory::collect(known.blocks.iter().cloned())));
        Reusable { query, blocks, memos: known.memos.clone(), ..Reusable::default() }
    }
}

/// Returns whether `other` matches every item that `query` matches, as far as can be decided cheaply.
fn implies(query: &Query, other: &Query) -> bool {
    other.groups.iter().all(|wide| {
        query.groups.iter().any(|narrow| {
            narrow.iter().all(|term| wide.iter().any(|other| term_implies(term, other)))
        })
    })
}

fn term_implies(term: &Term, other: &Term) -> bool {
    if term == other {
        return true;
    }
    if term.negated || other.negated || term.typos > 0 || term.normalize != other.normalize {
        return false;
    }
    if other.respect_case && !term.respect_case {
        return false;
    }
    let see = |&code: &u32| if other.respect_case { code } else { fold(code) };
    let mut chars = term.chars.iter().map(see);
    match other.kind {
        // Terms of all kinds match items that contain their characters in order.
        Kind::Fuzzy => other.chars.iter().all(|wanted| chars.any(|code| code == *wanted)),
        Kind::Exact if term.kind != Kind::Fuzzy => {
            let chars: Vec<u32> = chars.collect();
            chars.windows(other.chars.len()).any(|window| window == other.chars)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzzy::filter::BITS;
    use crate::fuzzy::fzf::query;

    #[test]
    fn the_history_keeps_the_last_searches_only() {
        let mut history = History::default();
        let known = |text: &str| CachedResult {
            query: Query::new(text.as_bytes(), query::QueryOptions::default()),
            limit: 9,
            boosted: 0,
            total: 0,
            searched: 0,
            best: None,
            blocks: vec![Some(BlockMatches { bits: Arc::new([0; BITS]), len: 1 }); 3],
            memos: Vec::new(),
        };
        let texts: Vec<String> = (0..3 * MAX_SEARCHES).map(|n| format!("a{n}")).collect();
        for (at, text) in texts.iter().enumerate() {
            let old = history.add(known(text));
            assert_eq!(old.is_some(), at >= MAX_SEARCHES);
            // Adding the same query again replaces its results.
            assert!(history.add(known(text)).is_some_and(|old| old.query == known(text).query));
        }
        assert_eq!(history.all.len(), MAX_SEARCHES);
        assert_eq!(history.memory_usage(), MAX_SEARCHES * 3 * size_of::<Bits>());
        assert!(history.prior(&known(&texts[2 * MAX_SEARCHES]).query, 9, 0).same);
        assert!(!history.prior(&known(&texts[2 * MAX_SEARCHES - 1]).query, 9, 0).same);
    }

    #[test]
    fn what_implies_what() {
        let parse = |text: &str| Query::new(text.as_bytes(), query::QueryOptions::default());
        for (narrow, wide) in [
            ("cost", "cos"),
            ("cost", "ct"),
            ("cost x", "cost"),
            ("cost x", "x c"),
            ("Cost", "cost"),
            ("'cost", "cst"),
            ("'cost", "'os"),
            ("cost$", "'st"),
            ("^cost$", "cost"),
            ("cost !a", "cost"),
            ("cost !a", "!a"),
            ("ab | ac", "a"),
            ("ab", "a | b"),
            ("a", "a"),
            ("x", ""),
        ] {
            assert!(implies(&parse(narrow), &parse(wide)), "{narrow} {wide}");
        }
        for (narrow, wide) in [
            ("cost", "cost$"),
            ("cost$x", "cost$"),
            ("cost$", "'tx"),
            ("cost", "Cost"),
            ("cost", "tsoc"),
            ("!cost", "!co"),
            ("!co", "!cost"),
            ("!cost", "cost"),
            ("cost", "!x"),
            ("cost", "'cost"),
            ("ab | c", "a"),
            ("a", "a b"),
            ("", "a"),
        ] {
            assert!(!implies(&parse(narrow), &parse(wide)), "{narrow} {wide}");
        }
        // The first finds an iota below a letter, which the second takes for a part of that letter.
        let normalize = query::QueryOptions { normalize: true, ..query::QueryOptions::default() };
        let [accent, plain] = ["éι", "ι"].map(|text| Query::new(text.as_bytes(), normalize));
        assert!(!implies(&accent, &plain));
        let typos = query::QueryOptions { typos: 1, ..query::QueryOptions::default() };
        assert!(!implies(&Query::new(b"config", typos), &Query::new(b"conf", typos)));
    }
}
