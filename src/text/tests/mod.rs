//! Tests against Unicode's own data.

mod conformance;
