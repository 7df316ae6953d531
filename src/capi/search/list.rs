//! Lists of texts from C: one text of all of them, and where each ends.

use super::*;

/// The texts of a list.
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
    if ends.is_null() {
        return Err(Failure::new(RILLE_EARG, format!("ends is NULL, but its count is {count}")));
    }
    // SAFETY: not null, and the caller vouches for the numbers.
    let ends = unsafe { std::slice::from_raw_parts(ends, count as usize) };
    let mut list = Vec::new();
    list.try_reserve_exact(ends.len())
        .map_err(|_| Failure::new(RILLE_ENOMEM, format!("no memory for a list of {count}")))?;
    let mut start = 0;
    for (index, &end) in ends.iter().enumerate() {
        let item = text.get(start..end as usize).ok_or_else(|| {
            let message =
                format!("item {index} of the list ends at {end}, which is before its begin or behind the text");
            Failure::new(RILLE_EARG, message)
        })?;
        list.push(item);
        start = end as usize;
    }
    Ok(list)
}
