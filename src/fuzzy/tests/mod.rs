//! Tests of whole sessions: against brute force, against fzf, and of cancellation.

mod cancel;
mod equivalence;
mod fzf;
mod score;
mod session;
