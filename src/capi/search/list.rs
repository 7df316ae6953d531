//! Lists of texts from C: all texts one after the other, and the end offset of each.

use super::*;
use crate::memory::{self, must};

/// Returns the texts of a list.
///
/// # Safety
///
/// `text` is null or has `len` bytes; `ends` is null or has `count` numbers. Nobody changes either during the call.
pub(in crate::capi) unsafe fn list<'a>(
    text: *const u8,
    len: usize,
    ends: *const u32,
    count: u32,
) -> Result<Vec<&'a [u8]>, Failure> {
    // SAFETY: the caller vouches for the text.
    let text = unsafe { slice(text, len) }?;
    if count == 0 {
        return Ok(Vec::new());
    }
    // SAFETY: the caller vouches for the numbers.
    let ends = unsafe { values(ends, count as usize, "ends") }?;
    let mut list = memory::with_room(ends.len())?;
    let mut start = 0;
    for (index, &end) in ends.iter().enumerate() {
        let item = text.get(start..end as usize).ok_or_else(|| {
            let message =
                format!("item {index} of the list ends at {end}, which is before its start or past the end of the text");
            Failure::new(RILLE_EARG, message)
        })?;
        list.push(item);
        start = end as usize;
    }
    Ok(list)
}

/// A copy of a list for a job, which outlives the call.
pub(in crate::capi) struct OwnedList {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl OwnedList {
    pub(in crate::capi) fn copy(list: &[&[u8]]) -> Result<OwnedList, Failure> {
        let mut text = memory::with_room(list.iter().map(|item| item.len()).sum())?;
        let mut ends = memory::with_room(list.len())?;
        for item in list {
            text.extend_from_slice(item);
            ends.push(text.len());
        }
        Ok(OwnedList { text, ends })
    }

    pub(in crate::capi) fn texts(&self) -> Vec<&[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let texts = starts.zip(&self.ends).map(|(start, &end)| &self.text[start..end]);
        let mut all = must(memory::with_room(self.ends.len()));
        all.extend(texts);
        all
    }
}
