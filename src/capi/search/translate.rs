//! Translation of Lua patterns and PCRE patterns, and quoting of literal text.

use super::*;
use crate::search::{PcreFeature, escape, explain_pcre, from_lua};

/// A feature of PCRE that rille does not have; most of them exclude linear time.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_pcre {
    /// Look-ahead: (?=a), (?!a).
    RILLE_PCRE_LOOK_AHEAD = 1,
    /// Look-behind: (?<=a), (?<!a).
    RILLE_PCRE_LOOK_BEHIND = 2,
    /// A back-reference: \1, \g{1}, \k<name>, (?P=name).
    RILLE_PCRE_BACK_REFERENCE = 3,
    /// A possessive quantifier: a*+, a++, a?+.
    RILLE_PCRE_POSSESSIVE = 4,
    /// An atomic group: (?>a).
    RILLE_PCRE_ATOMIC = 5,
    /// Recursion or a call of a group: (?R), (?1), (?&name).
    RILLE_PCRE_RECURSION = 6,
    /// A condition: (?(1)a|b).
    RILLE_PCRE_CONDITIONAL = 7,
    /// A verb or a call-out: (*SKIP), (?C1).
    RILLE_PCRE_VERB = 8,
    /// A new start of the match: \K.
    RILLE_PCRE_KEEP = 9,
    /// The position at which the last match ended: \G.
    RILLE_PCRE_LAST_MATCH = 10,
    /// Groups with the same numbers in each branch: (?
    /// a
    /// b).
    RILLE_PCRE_BRANCH_RESET = 11,
}

fn c_feature(feature: PcreFeature) -> rille_pcre {
    match feature {
        PcreFeature::LookAhead => rille_pcre::RILLE_PCRE_LOOK_AHEAD,
        PcreFeature::LookBehind => rille_pcre::RILLE_PCRE_LOOK_BEHIND,
        PcreFeature::BackReference => rille_pcre::RILLE_PCRE_BACK_REFERENCE,
        PcreFeature::Possessive => rille_pcre::RILLE_PCRE_POSSESSIVE,
        PcreFeature::Atomic => rille_pcre::RILLE_PCRE_ATOMIC,
        PcreFeature::Recursion => rille_pcre::RILLE_PCRE_RECURSION,
        PcreFeature::Conditional => rille_pcre::RILLE_PCRE_CONDITIONAL,
        PcreFeature::Verb => rille_pcre::RILLE_PCRE_VERB,
        PcreFeature::Keep => rille_pcre::RILLE_PCRE_KEEP,
        PcreFeature::LastMatch => rille_pcre::RILLE_PCRE_LAST_MATCH,
        PcreFeature::BranchReset => rille_pcre::RILLE_PCRE_BRANCH_RESET,
    }
}

/// Appends a pattern that matches exactly the `len` bytes at `text` to `out`. It matches them with any flags but i.
///
/// Returns RILLE_OK or RILLE_EARG (the text lies in `out`).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regex_escape(
    text: *const u8,
    len: usize,
    out: *mut rille_buffer,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or `len` bytes, and NULL or a live buffer that nothing else uses meanwhile.
    boundary(err, || unsafe {
        let text = slice(text, len)?;
        append(out, text, |out| {
            out.put(escape(text).as_bytes())?;
            Ok(RILLE_OK)
        })
    })
}

/// Appends a pattern that matches the same bytes as a Lua pattern to `out`.
///
/// A ^ at the start means the start of the text, not of the search. A position capture becomes an empty group. %b, %f
/// and the back-references %1 to %9 have no equivalent.
///
/// Returns RILLE_OK, RILLE_EARG (the pattern lies in `out`) or RILLE_EPATTERN (the Lua pattern is wrong or has no
/// equivalent; the message says why, and the error block has the offset).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regex_from_lua(
    pattern: *const u8,
    len: usize,
    out: *mut rille_buffer,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or `len` bytes, and NULL or a live buffer that nothing else uses meanwhile.
    boundary(err, || unsafe {
        let pattern = slice(pattern, len)?;
        append(out, pattern, |out| {
            out.put(from_lua(pattern)?.as_bytes())?;
            Ok(RILLE_OK)
        })
    })
}

/// Lists the features of a PCRE pattern that rille does not have.
///
/// Writes two numbers for each feature to `out`, one of the RILLE_PCRE_ constants and the offset in the pattern, from
/// left to right, and the number of features to `out_count`. `out` has room for `capacity` features, 2 * `capacity`
/// numbers.
///
/// Returns RILLE_OK, RILLE_NONE (there are none, and 0 was written) or RILLE_MORE (there are more than `capacity`).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_regex_explain_pcre(
    pattern: *const u8,
    len: usize,
    out: *mut u32,
    capacity: u32,
    out_count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or `len` bytes, and NULL or places for what is written.
    boundary(err, || unsafe {
        let (pattern, capacity) = (slice(pattern, len)?, capacity as usize);
        let (out, out_count) = (places(out, 2 * capacity, "out")?, place(out_count, "out_count")?);
        let found = explain_pcre(pattern);
        for (index, &(feature, offset)) in found.iter().take(capacity).enumerate() {
            put(out, 2 * index, &[c_feature(feature) as usize, offset]);
        }
        out_count.write(found.len().min(capacity) as u32);
        Ok(match found.len() {
            0 => RILLE_NONE,
            count if count > capacity => RILLE_MORE,
            _ => RILLE_OK,
        })
    })
}
