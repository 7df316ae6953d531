//! Tests of whole sessions: against brute force, against fzf, and of cancelling.

mod cancel;
mod equivalence;
mod fzf;
mod score;
mod session;
