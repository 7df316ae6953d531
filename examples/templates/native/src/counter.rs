//! The noun of this library: a counter of words. `lua/abacus/fallback.lua` does the same in Lua.

use std::collections::HashMap;

/// Counts how often each word occurs in the texts that were added.
///
/// A word consists of ASCII letters, digits, `_`, and bytes from 128 on, so it may have any letters in UTF-8. Upper and lower
/// case differ. The memory is proportional to the distinct words.
#[derive(Debug, Default)]
pub struct Counter {
    counts: HashMap<Box<[u8]>, u32>,
}

impl Counter {
    /// Adds the words of a text, and returns their number.
    pub fn add(&mut self, text: &[u8]) -> usize {
        let mut words = 0;
        for word in text.split(|byte| !is_part(*byte)).filter(|word| !word.is_empty()) {
            words += 1;
            if let Some(count) = self.counts.get_mut(word) {
                *count = count.saturating_add(1);
            } else {
                self.counts.insert(word.into(), 1);
            }
        }
        words
    }

    /// Returns how often a word occurred.
    pub fn count(&self, word: &[u8]) -> u32 {
        self.counts.get(word).copied().unwrap_or(0)
    }

    /// Returns the number of distinct words.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Returns whether no word was added.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Returns the most frequent words, at most `limit`, with their counts. Of two words that are equally frequent, the one
    /// whose bytes are less is first.
    pub fn top(&self, limit: usize) -> Vec<(&[u8], u32)> {
        let mut rows: Vec<_> = self.counts.iter().map(|(word, count)| (&**word, *count)).collect();
        rows.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        rows.truncate(limit);
        rows
    }
}

/// Returns whether a byte is part of a word.
fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 128
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_and_ranked() {
        let mut counter = Counter::default();
        assert_eq!(counter.add(b"the cat, the d\xC3\xB6g and a_cat"), 6);
        assert_eq!(counter.add(b""), 0);
        assert_eq!((counter.count(b"the"), counter.count(b"The"), counter.len()), (2, 0, 5));
        let top: Vec<_> = counter.top(3).iter().map(|row| (row.0.to_vec(), row.1)).collect();
        assert_eq!(top, [(b"the".to_vec(), 2), (b"a_cat".to_vec(), 1), (b"and".to_vec(), 1)]);
        assert_eq!(counter.top(100).len(), 5);
    }

    #[test]
    fn words_end_at_every_byte_that_is_no_part_of_one() {
        for byte in 0..=255u8 {
            let mut counter = Counter::default();
            let words = counter.add(&[b'a', byte, b'b']);
            assert_eq!(words, if is_part(byte) { 1 } else { 2 }, "byte {byte}");
        }
    }
}
