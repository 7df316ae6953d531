//! Fuzzy matching: fzf's query language and fzf's idea of a good match.
//!
//! # What does a query mean?
//!
//! What it means to fzf: see [`query`]. A term `srcmn` finds `src/main.rs`, `'main` and `^src` and `rs$` find what they
//! say, `!test` keeps out, `|` is "or", and a space is "and".
//!
//! # How are matches ordered?
//!
//! By [score] descending, then by [length](score::length) ascending, then in the order in which items were given.
//! That is a total order, so the result is the same on any number of threads. The empty query and one of negated terms
//! only keep the order in which items were given.
//!
//! # What of invalid UTF-8?
//!
//! It is legal, in items and in queries: a maximal invalid subsequence is one char, which is like nothing but the same
//! bytes.

mod align;
mod boosts;
#[cfg(test)]
mod cancel_tests;
pub mod chars;
mod corpus;
#[cfg(test)]
mod equivalence_tests;
mod filter;
#[cfg(test)]
mod fzf_tests;
mod kernel;
mod known;
mod model;
pub mod plain;
pub mod query;
mod rank;
pub mod score;
#[cfg(test)]
mod score_tests;
mod search;
pub mod session;
#[cfg(test)]
mod session_tests;

pub use kernel::name as kernel_name;
pub use query::{Case, Query};
pub use rank::{Ranking, Row};
pub use score::{Scheme, Scorer};
pub use session::{Session, Stats};
