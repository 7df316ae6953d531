//! fzf's query language and fzf's score: the reference that the engine above it has to equal.

pub(in crate::fuzzy) mod align;
pub(in crate::fuzzy) mod bonus;
pub mod brute_force;
pub mod chars;
pub mod query;
pub mod score;
