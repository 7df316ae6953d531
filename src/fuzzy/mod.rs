//! Fuzzy matching: fzf's query language and fzf's idea of a good match.
//!
//! # What does a query mean?
//!
//! What it means to fzf: see [`fzf::query`]. A term `srcmn` finds `src/main.rs`, `'main` and `^src` and `rs$` find what they
//! say, `!test` keeps out, `|` is "or", and a space is "and".
//!
//! # Strategy are matches ordered?
//!
//! By [score](fzf::score) descending, then by [length](fzf::score::length) ascending, then in the order in which items were given.
//! That is a total order, so the result is the same on any number of threads. The empty query and one of negated terms
//! only keep the order in which items were given.
//!
//! # What of invalid UTF-8?
//!
//! It is legal, in items and in queries: a maximal invalid subsequence is one char, which is like nothing but the same
//! bytes.

mod boosts;
mod corpus;
mod filter;
pub mod fzf;
mod history;
mod kernel;
mod rank;
mod search;
pub mod session;
#[cfg(test)]
mod tests;

pub use fzf::query::{Case, Query};
pub use fzf::score::{Scheme, Scorer};
pub use kernel::name as kernel_name;
pub use rank::{Ranking, Row};
pub use session::{Session, Stats};
