//! Searches single texts for consecutive bytes.

use crate::fuzzy::kernel::Needle;
use memchr::{memchr, memchr2, memmem};

/// A search for consecutive bytes in single texts.
pub(in crate::fuzzy::filter) struct TextSearch<'n> {
    needle: &'n Needle,
    finder: memmem::Finder<'n>,
    pub(in crate::fuzzy::filter) has_slash: bool,
}

impl TextSearch<'_> {
    pub(in crate::fuzzy::filter) fn new(needle: &Needle) -> TextSearch<'_> {
        let has_slash = memchr(b'/', &needle.bytes).is_some();
        TextSearch { needle, finder: memmem::Finder::new(&needle.bytes), has_slash }
    }

    pub(in crate::fuzzy::filter) fn is_in(&self, text: &[u8]) -> bool {
        if self.needle.respect_case {
            return self.finder.find(text).is_some();
        }
        let wanted = &self.needle.bytes[..];
        let Some(last) = text.len().checked_sub(wanted.len()) else { return false };
        let (small, capital) = (wanted[0], wanted[0].to_ascii_uppercase());
        let mut at = 0;
        while let Some(next) = memchr2(small, capital, &text[at..=last]) {
            at += next;
            if text[at..at + wanted.len()].eq_ignore_ascii_case(wanted) {
                return true;
            }
            at += 1;
            if at > last {
                return false;
            }
        }
        false
    }
}
