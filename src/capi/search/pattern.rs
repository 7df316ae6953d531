//! Patterns of a search of lines, in any of their forms.

use super::super::boundary::{at, slice, values};
use super::super::error::{Failure, rille_status::*};
use super::literals::rille_literals;
use super::regex::rille_regex;
use crate::search::lines::PatternSource;
use std::sync::Arc;

/// One pattern of a search of lines, in one of three forms: `regex`, `literals`, or, if both are NULL, a text.
///
/// A list of patterns matches where one of them does; where several start, the first of the list matches. ^ and $ match
/// at the start and the end of a line, its LF or CR LF excluded, for any flags.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_pattern {
    /// A pattern in the syntax of rille_regex_new.
    pub text: *const u8,
    /// Length of the text in bytes.
    pub len: usize,
    /// NULL, or a compiled pattern. It may be freed while the job runs.
    pub regex: *const rille_regex,
    /// NULL, or a list of literals. It may be freed while the job runs.
    pub literals: *const rille_literals,
}

const _: () = assert!(size_of::<rille_pattern>() == 4 * size_of::<usize>());

/// Reads a list of patterns, which must have at least one.
///
/// # Safety
///
/// `patterns` is null or has `count` patterns, each with `len` bytes of text, and handles that are null or live and
/// that no other thread changes during the call.
pub(in crate::capi) unsafe fn patterns<'a>(
    patterns: *const rille_pattern,
    count: u32,
) -> Result<Vec<PatternSource<'a>>, Failure> {
    if count == 0 {
        return Err(Failure::new(RILLE_EARG, "there is no pattern; pass at least one"));
    }
    // SAFETY: the caller vouches for the number.
    let given = unsafe { values(patterns, count as usize, "patterns") }?;
    let mut sources = Vec::new();
    sources
        .try_reserve_exact(given.len())
        .map_err(|_| Failure::new(RILLE_ENOMEM, format!("no memory for {count} patterns")))?;
    for (index, pattern) in given.iter().enumerate() {
        let forms = usize::from(!pattern.text.is_null() || pattern.len > 0)
            + usize::from(!pattern.regex.is_null())
            + usize::from(!pattern.literals.is_null());
        if forms > 1 {
            let message = format!(
                "pattern {} of {count} has several forms; pass a text, a regex or literals, and NULL for the others",
                index + 1
            );
            return Err(Failure::new(RILLE_EARG, message));
        }
        // SAFETY: the caller vouches for the text and for both handles.
        unsafe {
            if !pattern.regex.is_null() {
                at(pattern.regex, |regex| {
                    sources.push(PatternSource::Regex(Arc::clone(&regex.regex)));
                    Ok(RILLE_OK)
                })?;
            } else if !pattern.literals.is_null() {
                at(pattern.literals, |literals| {
                    sources.push(PatternSource::Literals(Arc::clone(&literals.literals)));
                    Ok(RILLE_OK)
                })?;
            } else {
                sources.push(PatternSource::Text(slice(pattern.text, pattern.len)?));
            }
        }
    }
    Ok(sources)
}
