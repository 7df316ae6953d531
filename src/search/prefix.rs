//! Searches in short texts for patterns that begin with a literal: the literal is found first.
//!
//! # What is this for?
//!
//! In a text of some dozens of bytes, such as a line of a log or a path of a request, the engine spends most of its time on
//! starting: it searches forwards for the end of a match and then backwards for its start. All matches of `item/(\d+)` start
//! with `item/`, so a search that is anchored at the first `item/` finds both ends, and the groups, in one pass.
//!
//! # What does it cost?
//!
//! Some hundred bytes in a pattern, and no automaton: the anchored search is one of the same engine. Each place where the
//! literal is no match costs an anchored search, which may scan the rest of the text. After [`MAX_ATTEMPTS`] of them the search
//! continues without this, so it stays linear.
//!
//! # What are the limits?
//!
//! In a text above [`MAX_TEXT_BYTES`] the time to start does not matter, and the engine has the best strategy.

use memchr::memmem::Finder;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::Hir;
use regex_syntax::hir::literal::Extractor;

/// Maximum length of a text that is searched in this way, in bytes.
const MAX_TEXT_BYTES: usize = 4096;

/// Maximum number of anchored searches that fail.
const MAX_ATTEMPTS: usize = 4;

/// Minimum length of a literal in bytes: a single byte occurs at too many places without a match.
const MIN_LITERAL_BYTES: usize = 2;

/// The literal that all matches of a pattern begin with.
pub(super) struct Prefix(Finder<'static>);

impl Prefix {
    /// Returns the prefix of a pattern, if it has one.
    pub(super) fn new(hir: &Hir) -> Option<Prefix> {
        if hir.properties().is_literal() {
            // The engine is a search for the literal already.
            return None;
        }
        let literals = Extractor::new().extract(hir);
        let common = literals.longest_common_prefix()?;
        (common.len() >= MIN_LITERAL_BYTES).then(|| Prefix(Finder::new(common).into_owned()))
    }

    /// Searches by `run`, which returns the first match in its input or at its start if that is anchored. Returns what `run`
    /// returns for all of `input`, which is not anchored.
    #[inline]
    pub(super) fn search<T>(
        &self,
        mut input: Input<'_>,
        mut run: impl FnMut(&Input<'_>) -> Option<T>,
    ) -> Option<T> {
        if input.get_range().len() <= MAX_TEXT_BYTES {
            for _ in 0..MAX_ATTEMPTS {
                let start = input.start() + self.0.find(&input.haystack()[input.get_range()])?;
                input.set_start(start);
                input.set_anchored(Anchored::Yes);
                if let Some(found) = run(&input) {
                    return Some(found);
                }
                input.set_anchored(Anchored::No);
                input.set_start(start + 1);
            }
        }
        run(&input)
    }
}
