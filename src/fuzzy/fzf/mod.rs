//! fzf's query language and fzf's scores: the reference whose results the engine must equal.

pub(in crate::fuzzy) mod align;
pub(in crate::fuzzy) mod bonus;
pub mod brute_force;
pub mod chars;
pub mod query;
pub mod score;
