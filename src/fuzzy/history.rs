//! What earlier queries have found, for those that come after.
//!
//! Of each search the items that matched are kept, a bit for each, and what its terms found in directories. A query that can
//! only match what another one did looks at nothing else: so the next char of a word that is typed costs little, and going
//! back costs nothing. What a query implies is told by its terms and not by its text, as `cost$` finds other items than
//! `cost`, and `cost$x` others again.

use crate::fuzzy::corpus::Bits;
use crate::fuzzy::filter::DirMemo;
use crate::fuzzy::fzf::chars::fold;
use crate::fuzzy::fzf::query::{Kind, Query, Term};
use crate::fuzzy::rank::TopK;
use std::sync::Arc;

/// Searches that are kept.
const MAX_SEARCHES: usize = 8;

/// The items of a block that match, and how many items it had.
#[derive(Clone)]
pub(in crate::fuzzy) struct BlockMatches {
    pub(in crate::fuzzy) bits: Arc<Bits>,
    pub(in crate::fuzzy) len: usize,
}

/// What a search has found.
pub(in crate::fuzzy) struct CachedResult {
    pub(in crate::fuzzy) query: Query,
    pub(in crate::fuzzy) limit: usize,
    /// Number of the boosts.
    pub(in crate::fuzzy) boosted: u64,
    pub(in crate::fuzzy) total: usize,
    pub(in crate::fuzzy) searched: usize,
    /// Of a search that came to its end.
    pub(in crate::fuzzy) best: Option<TopK>,
    pub(in crate::fuzzy) blocks: Vec<Option<BlockMatches>>,
    pub(in crate::fuzzy) memos: DirMemos,
}

/// What is known of directories, by term.
pub(in crate::fuzzy) type DirMemos = Vec<(Term, DirMemo)>;

/// What a search begins with.
#[derive(Default)]
pub(in crate::fuzzy) struct Reusable {
    /// The query of what is seen.
    pub(in crate::fuzzy) query: Query,
    pub(in crate::fuzzy) blocks: Vec<Option<BlockMatches>>,
    pub(in crate::fuzzy) memos: DirMemos,
    /// The query is the same: what is seen matches.
    pub(in crate::fuzzy) same: bool,
    /// And so are limit and boosts, so that it only has to go on: the total, how many items were searched, the best.
    pub(in crate::fuzzy) start: Option<(usize, usize, TopK)>,
}

/// What the last searches have found, the last one at the end.
#[derive(Default)]
pub(in crate::fuzzy) struct History {
    all: Vec<CachedResult>,
}

impl History {
    /// Keeps what a search has found, instead of what the same query found before or what is oldest, and gives that.
    pub(in crate::fuzzy) fn add(&mut self, known: CachedResult) -> Option<CachedResult> {
        let same = self.all.iter().position(|old| old.query == known.query);
        let old =
            same.or((self.all.len() == MAX_SEARCHES).then_some(0)).map(|at| self.all.remove(at));
        self.all.push(known);
        old
    }

    /// What a query can begin with.
    pub(in crate::fuzzy) fn prior(&self, query: &Query, limit: usize, boosted: u64) -> Reusable {
        if let Some(known) = self.all.iter().find(|known| known.query == *query) {
            let same = known.limit == limit && known.boosted == boosted;
            let best = known.best.clone().filter(|_| same);
            let start = best.map(|best| (known.total, known.searched, best));
            return Reusable { same: true, start, ..Reusable::of(known) };
        }
        // Of those that bound it the one that leaves least.
        let wider = self.all.iter().filter(|known| implies(query, &known.query));
        match wider.min_by_key(|known| (std::cmp::Reverse(known.searched), known.total)) {
            Some(known) => Reusable::of(known),
            None => Reusable::default(),
        }
    }

    /// Bytes that it holds.
    pub(in crate::fuzzy) fn memory_usage(&self) -> usize {
        let blocks = self.all.iter().flat_map(|known| &known.blocks).flatten().count();
        let memos = self.all.iter().flat_map(|known| &known.memos);
        blocks * size_of::<Bits>() + memos.map(|(_, memo)| memo.len()).sum::<usize>()
    }
}

impl Reusable {
    fn of(known: &CachedResult) -> Reusable {
        let (query, blocks) = (known.query.clone(), known.blocks.clone());
        Reusable { query, blocks, memos: known.memos.clone(), ..Reusable::default() }
    }
}

/// Whether every item that `query` matches is matched by `other` as well, as far as is easily told.
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
        // All kinds of terms have their chars in the item, in their order.
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
            // The same again takes the place of itself.
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
