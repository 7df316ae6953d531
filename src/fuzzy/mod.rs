//! Fuzzy matching with fzf's query language and fzf's scores.
//!
//! # What does a query mean?
//!
//! The same as in fzf: see [`fzf::query`]. A term `srcmn` finds `src/main.rs`; `'main`, `^src` and `rs$` find a
//! substring, a prefix and a suffix; `!test` excludes items, `|` is "or", and a space is "and".
//!
//! # How are matches ordered?
//!
//! By [score](fzf::score) descending, then by [length](fzf::score::length) ascending, then by index, the order in which
//! items were pushed. That is a total order, so the result is the same on any number of threads. An empty query, and one
//! with negated terms only, lists the matched items by index.
//!
//! # How is invalid UTF-8 handled?
//!
//! It is allowed in items and in queries: each maximal invalid subsequence counts as one character, which equals only the
//! same bytes.

mod boosts;
mod corpus;
mod filter;
pub mod fzf;
mod history;
mod kernel;
pub mod live;
pub mod matcher;
mod options;
mod rank;
mod search;
pub mod session;
#[cfg(test)]
mod tests;

pub use fzf::query::{Case, Query};
pub use fzf::score::{Scheme, Scorer};
pub use kernel::name as kernel_name;
pub use options::SessionOptions;
pub use rank::{Ranking, Row};
pub use session::{Session, Stats};
