//! The integration tests: everything that is seen from outside the crate.
//!
//! One binary, so that it is linked once. Each module proves one thing; what they share is in `support`.

mod annotations;
