mod header;
mod support;
pub(crate) use support::{bless, library, root, specs, testing_library};
